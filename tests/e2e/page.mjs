// Drives the page as a person does: `node page.mjs <address> <chromium>`. Prints one JSON object of what was seen.
import { chromium } from "playwright-core";

const [address, executablePath] = process.argv.slice(2);
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const browser = await chromium.launch({ executablePath, args: QUIET });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const seen = { errors: [], origins: new Set() };
  page.on("pageerror", (error) => seen.errors.push(error.message));
  page.on("request", (request) => seen.origins.add(new URL(request.url()).origin));
  await page.goto(address);

  // Somebody types a command; everybody in the channel gets a card with escaped text and a button.
  const box = page.getByLabel("Message #incident");
  await box.fill("/dataflow scale wordcount workers=8");
  await box.press("Enter");
  const card = page.getByRole("article").filter({ hasText: "scale wordcount" });
  seen.card = await card.getByText("asked by").innerText();
  seen.mentions = await card.locator(".mention").allInnerTexts();
  seen.moment = await card.locator("time[title]").last().innerText();
  await page.getByText("acknowledged in").first().waitFor();
  await box.press("ArrowUp");
  seen.history = await box.inputValue();
  await box.fill("");

  // Somebody else presses the button, by keyboard, and the card changes.
  await page.getByRole("radio", { name: "Lee Jun" }).focus();
  await page.keyboard.press("Space");
  const approve = card.getByRole("button", { name: "Approve" });
  await approve.focus();
  await page.keyboard.press("Enter");
  seen.after = await card.getByText("approved by").innerText();
  seen.buttonsAfter = await card.getByRole("button").count();
  seen.replies = [await card.locator("summary").innerText(), await card.getByRole("article").locator(".text").innerText()];

  // Only the person written to sees a direct message, and the page tells who has one.
  const withNews = () => page.locator(".person", { has: page.getByText("has a direct message") }).locator(".person-name").allInnerTexts();
  seen.hasNews = await withNews();
  await page.getByRole("radio", { name: "Park Sora" }).check({ force: true });
  await page.getByRole("button", { name: "Sluice 1 new" }).click();
  seen.direct = await page.getByRole("article").locator(".text").innerText();
  await page.getByRole("button", { name: "incident" }).click();
  seen.hasNewsAfter = await withNews();

  // A form: refused, corrected, gone.
  await box.fill("/dataflow scale");
  await box.press("Enter");
  const form = page.getByRole("dialog", { name: "Scale a job" });
  await form.getByLabel("Workers").fill("many");
  await form.getByRole("button", { name: "Preview" }).click();
  seen.complaint = await form.getByRole("alert").innerText();
  await form.getByLabel("Workers").fill("6");
  await form.getByRole("button", { name: "Preview" }).click();
  await form.waitFor({ state: "detached" });

  // Only the person spoken to sees an ephemeral message, which an answer that comes late does not take away again.
  const late = new Promise((resolve) => {
    const hold = async (route) => {
      const response = await route.fetch();
      resolve(() => route.fulfill({ response }));
    };
    page.route("**/page/screen*", hold, { times: 1 });
  });
  await page.getByRole("radio", { name: "Han Bora" }).check({ force: true });
  const answerLate = await late;
  await box.fill("/dataflow help");
  await box.press("Enter");
  const mine = page.getByText("Only visible to you");
  seen.private = await mine.innerText();
  await Promise.all([page.waitForEvent("requestfinished", (request) => request.url().includes("/page/screen")), answerLate()]);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  seen.privateAfter = await mine.count();

  // Long text is folded unless it says otherwise.
  await box.fill("/dataflow long");
  await box.press("Enter");
  const last = page.getByText("line 20");
  const shown = async () => (await Promise.all((await last.all()).map((one) => one.evaluate((node) => {
    const folded = node.closest(".folded");
    return !folded || folded.scrollHeight <= folded.clientHeight;
  })))).filter(Boolean).length;
  await last.nth(1).waitFor({ state: "attached" });
  seen.folded = { seeMore: await page.getByRole("button", { name: "See more" }).count(), shown: await shown() };
  await page.getByRole("button", { name: "See more" }).click();
  seen.folded.shownAfter = await shown();

  await page.setViewportSize({ width: 390, height: 780 });
  seen.overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  seen.badge = await page.getByText("nothing here is real").isVisible();
  console.log(JSON.stringify({ ...seen, origins: [...seen.origins] }));
} finally {
  await browser.close();
}
