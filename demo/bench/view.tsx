export default function View() {
  return <h1>bench</h1>;
}
