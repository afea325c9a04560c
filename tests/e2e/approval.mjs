// Asks, approves and denies on the page of a running playground: `node approval.mjs <address> <chromium>`.
// Prints one JSON object of what was seen.
import { chromium } from "playwright-core";

const [address, executablePath] = process.argv.slice(2);
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const browser = await chromium.launch({ executablePath, args: QUIET });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  const seen = { errors: [] };
  page.on("pageerror", (error) => seen.errors.push(error.message));
  await page.goto(address);
  const be = (name) => page.getByRole("radio", { name }).check({ force: true });
  const type = async (words) => {
    const box = page.getByLabel("Message #incident");
    await box.fill(`/dataflow ${words}`);
    await box.press("Enter");
  };
  const cardOf = (job) => page.getByRole("article").filter({ hasText: job }).first();
  const button = (card, label) => card.locator("button", { hasText: label });
  const whisper = async () => page.locator(".only-you").last().locator(".text").first().innerText();

  // Kim asks; a viewer may not approve, nor may Kim; Lee may.
  await be("Kim Minji");
  await type("scale wordcount workers=8 because backlog");
  const asked = cardOf("wordcount");
  await button(asked, "Approve").waitFor();
  seen.buttons = await asked.getByRole("button").allInnerTexts();
  await be("Park Sora");
  await button(asked, "Approve").click();
  seen.viewer = await whisper();
  await be("Kim Minji");
  await button(asked, "Approve").click();
  seen.oneself = await whisper();
  await be("Lee Jun");
  await button(asked, "Approve").click();
  await asked.locator("summary", { hasText: "1 reply" }).waitFor();
  seen.approved = await asked.locator(".text").first().innerText();
  seen.lastWord = await asked.getByRole("article").locator(".text").innerText();
  seen.deadButtons = await asked.getByRole("button").count();

  // Han denies another request: not without a reason.
  await be("Kim Minji");
  await type("scale settlement-close workers=8");
  const other = cardOf("settlement-close");
  await button(other, "Deny").waitFor();
  await be("Han Bora");
  await button(other, "Deny").click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Deny", exact: true }).click();
  seen.complaint = await form.getByRole("alert").innerText();
  await form.getByRole("textbox").fill("the close runs tonight");
  await form.getByRole("button", { name: "Deny", exact: true }).click();
  await other.locator("summary", { hasText: "1 reply" }).waitFor();
  seen.denied = await other.locator(".text").first().innerText();
  seen.deadButtons += await other.getByRole("button").count();
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
