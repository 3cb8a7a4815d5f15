// The interface of a provider of text messages: how its webhooks are read and how a text is sent. A text from `read`
// was signed by the provider. `read` must never return an unsigned one.
import type { IncomingHttpHeaders } from 'node:http';

/** A text from a phone, as the provider reports it. `from` has the provider's spelling. */
export type InboundText = {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly messageId: string;
};

/** A webhook with its exact bytes, because signatures cover them. */
export type WebhookRequest = { readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** `refused`: the signature is missing or wrong. A signed webhook without a text is an empty list. */
export type WebhookContent =
  { readonly outcome: 'texts'; readonly texts: readonly InboundText[] } | { readonly outcome: 'refused' };

export type Inbound = {
  /** The number that voters text to, E.164. */
  readonly number: string;
  read(request: WebhookRequest): WebhookContent;
  /** The response that the provider expects after its text is stored. */
  readonly acknowledgement: { readonly contentType: string; readonly body: string };
};

export type OutboundText = { readonly to: string; readonly body: string };

export type Outbound = {
  /** Longest wait for this provider, in milliseconds. */
  readonly msMax: number;
  /** Resolves if the provider accepted the text. Rejects with `SendFailed` if it did not or if that is unknown. */
  send(text: OutboundText, msMax: number): Promise<void>;
};

export type Provider = {
  readonly name: string;
  readonly inbound?: Inbound;
  readonly outbound?: Outbound;
  /** Its phones do not exist: anyone can be any of them. */
  readonly simulated?: true;
};

/** `timeout`: the text may have been accepted. `recipient`: the fault is the number's, not the provider's. */
type SendFault = 'timeout' | 'network' | 'refused' | 'recipient';

/** A provider did not accept a text. It carries no words of the provider, which may quote the number. */
export class SendFailed extends Error {
  readonly fault: SendFault;
  readonly status: number | undefined;
  constructor(fault: SendFault, status?: number) {
    super(`text not accepted: ${fault}`);
    this.name = 'SendFailed';
    this.fault = fault;
    this.status = status;
  }
}
