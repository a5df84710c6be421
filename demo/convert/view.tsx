export default function View() {
  return <h1>convert</h1>;
}
