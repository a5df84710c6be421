// Sentences of the training itself, as a terminal has them too. Names of options, `--lr`, are set as code; in the page they are found under
// "All options" without the dashes.

export function Sentence({ children }: { readonly children: string }) {
  const parts = children.split(/--([a-zA-Z]\w*)/);
  return (
    <span class="sentence">
      {parts.map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}
    </span>
  );
}
