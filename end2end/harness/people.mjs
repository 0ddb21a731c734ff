// What people do, through what they see.

/** Signs in as the first demo person of a role whose line names `where`. */
export async function signIn(device, role, where) {
  await device.page.goto("/sign-in");
  await chooseDemoPerson(device, role, where);
}

/** The one click, where the sign-in page is open already. */
export async function chooseDemoPerson({ page }, role, where) {
  await page.locator("summary", { hasText: role }).click();
  const group = page.locator("details[open]", { hasText: role });
  const search = group.getByRole("searchbox");
  if (where.includes("院") && (await search.isVisible())) await search.fill(where);
  await group.getByRole("button", { name: where }).first().click();
}

/** The watcher of 八经街46号院·3单元, at home. */
export async function signInWatcher(device, stairwell = "八经街46号院·3单元") {
  await signIn(device, "邻里守望员", stairwell);
  await device.page.getByRole("heading", { name: stairwell }).waitFor();
  await device.page.getByRole("link", { name: /^5-2/ }).first().waitFor();
  await readyForOffline(device);
}

/** A social worker who sees 八经街46号院, or the first one of another role that reads. */
export async function signInSocialWorker(device, role = "专业社工") {
  await signIn(device, role, role === "专业社工" ? "律动公益" : "网格");
  await device.page.getByText(/新的 \d+|新的，都看过了/).waitFor();
  await readyForOffline(device);
}

/** Waits until the device has everything that it needs to open the app without signal. */
export async function readyForOffline(device) {
  await device.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
  });
}

/** 记一条 → what → where → 保存: the three taps of a common entry, and then the text if another one is wanted. */
export async function write(device, { what, where, text }) {
  const { page } = device;
  await page.getByRole("link", { name: "记一条" }).click();
  await page.getByRole("link", { name: what }).click();
  await page.getByRole("link", { name: where }).first().click();
  const problem = page.getByLabel(/^问题/);
  await problem.waitFor();
  if (text) await problem.fill(text);
  await page.getByRole("button", { name: "保存", exact: true }).click();
}

/** The sheet after 保存, and back home. */
export async function savedOnDevice(device) {
  const { page } = device;
  const sheet = page.getByRole("dialog", { name: "记下了" });
  await sheet.getByText(/已存本机 ✓|已上传 ✓/).waitFor();
  // It goes by itself after three seconds: whoever is slower finds it gone.
  await sheet.getByRole("button", { name: "好", exact: true }).click({ timeout: 4_000 }).catch(() => {});
  await sheet.waitFor({ state: "hidden" });
}

/** The line of the log that has `text`. */
export function line(device, text) {
  return device.page.getByRole("link").filter({ hasText: text });
}

/** What a watcher writes with signal, to the moment when everything is uploaded. */
export async function writeAndUpload(phone, entry) {
  await write(phone, entry);
  await savedOnDevice(phone);
  await phone.page.getByText("都已上传").waitFor();
}

/** Brings in what came while the list was being read, and opens the entry with `text`. */
export async function openAtDesk(tablet, text) {
  await tablet.page.getByRole("button", { name: /又来了 1 条/ }).click();
  await line(tablet, text).click();
}

/** 设置 → 退出登录, to the end. */
export async function signOut(device) {
  const { page } = device;
  await page.getByRole("link", { name: "设置" }).click();
  await page.getByRole("button", { name: "退出登录" }).click();
  const sheet = page.getByRole("dialog", { name: "退出登录？" });
  await sheet.getByRole("button", { name: "退出登录" }).click();
  await page.getByRole("heading", { name: "邻里守望工作日志" }).waitFor();
}

/** Another tab of the same device, which becomes the one in hand. */
export async function openTab(device, path) {
  device.page = await device.context.newPage();
  await device.page.goto(path);
  return device.page;
}

/** Has the browser look for a new version, as it does by itself now and then, and says what became of what it found:
 * `nothing`, `installed` (it waits), or `redundant` (it was no good). */
export async function lookForNewVersion(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update();
    const found = registration.installing ?? registration.waiting;
    if (!found) return "nothing";
    const ended = () => found.state !== "installing";
    if (!ended()) await new Promise((done) => found.addEventListener("statechange", done, { once: true }));
    return found.state;
  });
}
