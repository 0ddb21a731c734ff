//! `/healthz` and `/readyz`.

use crate::server::{TestServer, error_of};

#[tokio::test]
async fn a_running_server_is_alive_and_ready() {
    let server = TestServer::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.client().get(path).await.status(), 200, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_whose_database_is_gone_is_alive_but_not_ready() {
    let server = TestServer::start().await;
    std::fs::remove_dir_all(server.database().parent().unwrap()).unwrap();
    let answer = server.client().get("/readyz").await;
    assert_eq!(answer.status(), 503);
    assert_eq!(error_of(answer).await, "unavailable");
    assert_eq!(server.client().get("/healthz").await.status(), 200);
}
