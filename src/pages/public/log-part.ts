// The public log of an election on its pages: the checkpoint that is published now, and the tree that was counted.
import { base64Of, bytesOfBase64url } from '../../domain/record/bytes.ts';
import { groupsOfHash } from '../../domain/record/manifest.ts';
import type { CountedRecord } from '../../protocol/record/log-values.ts';
import type { ElectionManifest } from '../../protocol/record/manifest.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Words } from './words.ts';

/** What pages say of a manifest. */
export type ManifestFacts = Pick<ElectionManifest, 'log' | 'witnesses' | 'minBatch' | 'disclosure' | 'channels'>;
export type PublicLog = {
  /** The name of the log, and its address without `https://`. */
  readonly origin: string;
  /** The hash of the manifest in base64url: the end of the origin. */
  readonly hash: string;
  readonly manifest: ManifestFacts;
};
/** A verified checkpoint as it is published. */
export type ShownCheckpoint = {
  readonly size: number;
  readonly root: Uint8Array;
  /** Witnesses of the manifest that cosigned it, and when the last of them did; null without one. */
  readonly seen: number;
  readonly seenAt: string | null;
};

/** Characters of a root that are shown where its checkpoint is a link. */
const shortRootCharacters = 12;

/** The code that the organiser announces: 64 digits in groups of four. */
export const voteCodeOf = ({ hash }: Pick<PublicLog, 'hash'>): string =>
  groupsOfHash(bytesOfBase64url(hash) ?? new Uint8Array());

/** Where the files of the log are on this site. */
export const logPathOf = (electionId: string, { hash }: Pick<PublicLog, 'hash'>): string =>
  `/log/${electionId}/${hash}`;

/** The address of the site that voters open, as the manifest names it. Hosts of this machine have no TLS. */
export const siteOf = ({ manifest: { log } }: Pick<PublicLog, 'manifest'>): string =>
  `${/^(?:127\.0\.0\.1|localhost|\[::1\])(?::|$)/.test(log.host) ? 'http' : 'https'}://${log.host}`;

/** The picture beside a link to an election. */
export const picturePathOf = (electionId: string): string => `/picture/${electionId}/share.png`;
/** Open Graph wants whole addresses. Without a log nothing signed names the site, and the path has to do. */
export const pictureAddressOf = (electionId: string, log: Pick<PublicLog, 'manifest'> | null): string =>
  `${log ? siteOf(log) : ''}${picturePathOf(electionId)}`;

export const trustLink = (words: Words, id: string): Html =>
  html`<a href="/trust/${id}?lang=${words.tag}">${words.text('toTrust')}</a>`;

/** How many witnesses saw a checkpoint, and when the last of them did. */
export function witnessSentence(words: Words, log: PublicLog, checkpoint: ShownCheckpoint): string {
  const { keys } = log.manifest.witnesses;
  if (keys.length === 0) return words.text('checkLogUnseen');
  const sentence = words.text('checkLogSeen', {
    seen: words.number(checkpoint.seen),
    witnesses: words.number(keys.length),
  });
  const { seenAt } = checkpoint;
  const time = seenAt === null ? '' : words.text('logSeenAt', { time: words.time(seenAt) });
  return [sentence, time].filter((text) => text !== '').join(words.sentenceSpace);
}

/** The checkpoint on the page of the turnout. */
export function checkpointPart(words: Words, id: string, log: PublicLog, checkpoint: ShownCheckpoint): Html {
  const root = `${base64Of(checkpoint.root).slice(0, shortRootCharacters)}…`;
  return html`<section>
    <h2>${words.text('publicLog')}</h2>
    <p>${words.counted('logEntries', checkpoint.size)} ${witnessSentence(words, log, checkpoint)}</p>
    <p>
      <a href="${logPathOf(id, log)}/checkpoint">${words.text('checkpoint')}</a>, ${words.text('logRoot')}
      <code>${root}</code>
    </p>
  </section>`;
}

/** The tree that the results were counted from. */
export const recordPart = (words: Words, { origin, size, root }: CountedRecord): Html =>
  html`<p>${words.text('countedFrom')}</p>
    <dl class="details">
      <dt>${words.text('logName')}</dt>
      <dd><code>${origin}</code></dd>
      <dt>${words.text('logSize')}</dt>
      <dd>${words.number(size)}</dd>
      <dt>${words.text('logRoot')}</dt>
      <dd><code>${root}</code></dd>
    </dl>`;
