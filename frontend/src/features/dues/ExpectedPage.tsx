import { DuesPage } from "./DuesPage";

export default function ExpectedPage() {
  return <DuesPage side="receivable" />;
}
