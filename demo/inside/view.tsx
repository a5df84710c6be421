export default function View() {
  return <h1>inside</h1>;
}
