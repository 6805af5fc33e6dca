import { useParams } from "react-router";

export default function EditorPage() {
  const { id } = useParams();
  return <main aria-label={`journey ${id}`} />;
}
