import { DuesPage } from "./DuesPage";

export default function ObligationsPage() {
  return <DuesPage side="payable" />;
}
