//! The binary as a process of its own.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// The binary, killed when the test ends early.
pub struct Running {
    pub child: Child,
    pub base: String,
}

impl Running {
    /// Serves a database on a free port.
    pub fn serve(database: &Path) -> Self {
        Self::start(&mut Command::new(env!("CARGO_BIN_EXE_watchlog")), database)
    }

    /// As [`Running::serve`], at an address that is known before.
    pub fn serve_at(database: &Path, address: &str) -> Self {
        Self::start_at(&mut Command::new(env!("CARGO_BIN_EXE_watchlog")), database, address)
    }

    /// As [`Running::serve`]; `program` is the binary, or another that runs it.
    pub fn start(program: &mut Command, database: &Path) -> Self {
        Self::start_at(program, database, "127.0.0.1:0")
    }

    fn start_at(program: &mut Command, database: &Path, address: &str) -> Self {
        let mut child = program
            .args(["serve", "--addr", address, "--log", "error"])
            .env("WATCHLOG_DATABASE_URL", format!("sqlite:{}", database.display()))
            .env("WATCHLOG_BLOBS", database.with_extension("blobs"))
            .env_remove("WATCHLOG_PUBLIC_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let line = lines.find(|line| line.contains("listens on")).expect("the server starts");
        let base = line.split_whitespace().last().unwrap().to_owned();
        // Goes on reading, so that the server never waits for somebody to read.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, base }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
