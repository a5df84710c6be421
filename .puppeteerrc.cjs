/** The browser is no matter of `npm ci`, which may not fail for it: `npm run setup -- --browser` fetches it. */
module.exports = { skipDownload: true };
