// The page of an audit's gallery. Its script is self-contained, and its data comes from data.js
// beside it.

import script from "../../gallery/page.browser.tsx?bundle";

/** Distinguishes our pages from others. */
export const galleryMark = '<meta name="generator" content="pixelcycle dataset audit">';

export function galleryPage(): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${galleryMark}
<title>Gallery · pixelcycle</title>
</head>
<body>
<noscript>This page needs JavaScript. The audit's table contains the same data.</noscript>
<script src="data.js"></script>
<script>${script.replaceAll("</script", "<\\/script")}</script>
</body>
</html>
`;
}
