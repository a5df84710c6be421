// The colours of the pages that the command line and the bench write, light and dark: declarations
// for `:root`.

export const pageColours = `
  color-scheme: light dark;
  --paper: light-dark(#f6f3ec, #16181b);
  --ink: light-dark(#22252a, #e9e6df);
  --faint: light-dark(#66686b, #9a9b9c);
  --line: light-dark(#dcd6c9, #2e3237);
  --accent: light-dark(#c2531a, #f08a4b);
`;
