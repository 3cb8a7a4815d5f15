// What a provider of text messages is to this service: how its webhooks are read and how a text is sent by it. A text
// that is read here was signed by the provider; nothing that is not may leave `read` as a text.
import type { IncomingHttpHeaders } from 'node:http';

/** A text that a phone sent, as the provider tells it. `from` is spelt as the provider spells it. */
export type InboundText = {
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly messageId: string;
};

/** A webhook as it came: signatures cover the exact bytes. */
export type WebhookRequest = { readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** `refused`: not signed as it must be. A signed webhook that holds no text reads as an empty list. */
export type WebhookContent =
  { readonly outcome: 'texts'; readonly texts: readonly InboundText[] } | { readonly outcome: 'refused' };

export type Inbound = {
  /** The number that voters text to, E.164. */
  readonly number: string;
  read(request: WebhookRequest): WebhookContent;
  /** What the provider wants to hear once its text is safe. */
  readonly thanks: { readonly contentType: string; readonly body: string };
};

export type OutboundText = { readonly to: string; readonly body: string };

export type Outbound = {
  /** Longest wait for this provider, in milliseconds. */
  readonly msMax: number;
  /** Resolves when the provider took the text; rejects with `SendFailed` when it did not or nobody knows. */
  send(text: OutboundText, msMax: number): Promise<void>;
};

export type Provider = { readonly name: string; readonly inbound?: Inbound; readonly outbound?: Outbound };

/** `timeout`: the text may or may not have been taken. `recipient`: the fault is the number's, not the provider's. */
type SendFault = 'timeout' | 'network' | 'refused' | 'recipient';

/** A provider did not take a text. It carries no words of the provider, which may quote the number. */
export class SendFailed extends Error {
  readonly fault: SendFault;
  readonly status: number | undefined;
  constructor(fault: SendFault, status?: number) {
    super(`text not taken: ${fault}`);
    this.name = 'SendFailed';
    this.fault = fault;
    this.status = status;
  }
}
