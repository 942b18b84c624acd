import type { FinancingRequest, Invitation, Offer } from "../../api/types";
import { useCodes } from "../../shared/i18n/LanguageProvider";
import { StatusTag, type Tone } from "../../shared/ui/StatusTag";

const REQUEST: Record<FinancingRequest["state"], Tone> = {
  draft: "idle",
  submitted: "running",
  accepted: "done",
  withdrawn: "idle",
  declined: "refused",
  expired: "idle",
  cancelled: "refused",
  settled: "done",
};

const OFFER: Record<Offer["state"], Tone> = {
  proposed: "running",
  open: "attention",
  acceptance_proposed: "attention",
  accepted: "done",
  withdrawn: "idle",
  rejected: "refused",
  expired: "idle",
  superseded: "idle",
};

const INVITATION: Record<Invitation["state"], Tone> = { open: "running", offered: "done", declined: "refused" };

/** A request that somebody has answered with an offer waits for nobody but its supplier. */
export function RequestTag({ request }: { request: Pick<FinancingRequest, "state" | "invitations"> }) {
  const code = useCodes();
  const offered = request.state === "submitted" && request.invitations.some((each) => each.state === "offered");
  return (
    <StatusTag tone={offered ? "attention" : REQUEST[request.state]} testId="request-state">
      {code("requestState", offered ? "offered" : request.state)}
    </StatusTag>
  );
}

export function OfferTag({ state }: { state: Offer["state"] }) {
  const code = useCodes();
  return (
    <StatusTag tone={OFFER[state]} testId="offer-state">
      {code("offerState", state)}
    </StatusTag>
  );
}

export function InvitationTag({ state }: { state: Invitation["state"] }) {
  const code = useCodes();
  return <StatusTag tone={INVITATION[state]}>{code("invitationState", state)}</StatusTag>;
}
