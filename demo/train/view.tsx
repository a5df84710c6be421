export default function View() {
  return <h1>train</h1>;
}
