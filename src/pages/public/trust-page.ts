// What can be checked about an election, by whom and with which commands, and what no check shows. An election without a
// public log has a shorter page.
import type { PublicElection } from '../../protocol/public-document.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { TextKey } from './languages/language-texts.ts';
import { logPathOf, siteOf, voteCodeOf, witnessSentence } from './log-part.ts';
import type { PublicLog, ShownCheckpoint } from './log-part.ts';
import { table } from './table-region.ts';
import type { Words } from './words.ts';

type HashedFile = { readonly path: string; readonly sha256: string };
/** Both verifiers and their specification, which this site offers as files. */
export type VerifierDownloads = {
  readonly verifier: HashedFile;
  /** The sources of the one in Go. */
  readonly go: HashedFile;
  readonly specification: { readonly path: string };
};

export type TrustParts = {
  /** Null where the election has none. */
  readonly log: PublicLog | null;
  readonly checkpoint: ShownCheckpoint | null;
  /** Null where this site was built without them. */
  readonly downloads: VerifierDownloads | null;
};

export function trustPageBody(
  words: Words,
  election: PublicElection,
  { log, checkpoint, downloads }: TrustParts,
): Html {
  return html`<p class="lead">${words.text(log ? 'trustLead' : 'trustNoLogLead')}</p>
    ${log && codePart(words, log)} ${canPart(words, election, log)} ${log && watchPart(words, log, checkpoint)}
    ${log ? howPart(words, election.id, log, downloads) : filesPart(words, election, null, null)}
    ${cannotPart(words, log)}`;
}

const codePart = (words: Words, log: PublicLog): Html =>
  html`<section>
    <h2>${words.text('voteCode')}</h2>
    <p class="receipt-code">${voteCodeOf(log)}</p>
    <p>${words.text('trustCodeText')}</p>
  </section>`;

type Who = 'trustAnyone' | 'trustVoter' | 'trustAuditor';
type Claim = readonly [who: Who, what: TextKey];

function claimsOf({ channels }: PublicElection, log: PublicLog | null): readonly Claim[] {
  const counted: Claim = ['trustAnyone', 'trustCounted'];
  if (!log) return [['trustAnyone', 'trustSigned'], counted, ['trustVoter', 'trustGenuine']];
  const isOpened = log.manifest.disclosure === 'ballots';
  return [
    ['trustAnyone', log.manifest.witnesses.keys.length === 0 ? 'trustGrewKept' : 'trustGrew'],
    ['trustAnyone', 'trustAccepted'],
    ['trustAnyone', 'trustAsMany'],
    ...(channels.includes('batches') ? ([['trustAnyone', 'trustPaper']] as const) : []),
    counted,
    ['trustVoter', 'trustOwn'],
    [isOpened ? 'trustAnyone' : 'trustAuditor', 'trustContents'],
  ];
}

function canPart(words: Words, election: PublicElection, log: PublicLog | null): Html {
  const rows = claimsOf(election, log).map(
    ([who, what]) =>
      html`<tr role="row">
        <th scope="row" role="rowheader">${words.text(what)}</th>
        <td role="cell">${words.text(who)}</td>
      </tr>`,
  );
  const columns = [words.text('trustWhat'), words.text('trustWho')];
  return html`<section>
    <h2>${words.text('trustCan')}</h2>
    ${table({ id: 'can', label: words.text('trustCan'), columns, rows })}
    <p class="screen-only"><a href="/check?lang=${words.tag}">${words.text('checkReceipt')}</a></p>
  </section>`;
}

function watchPart(words: Words, log: PublicLog, checkpoint: ShownCheckpoint | null): Html {
  const { quorum, keys } = log.manifest.witnesses;
  const names = keys.map((key) => html`<li><code>${key.slice(0, key.indexOf('+'))}</code></li>`);
  const text = html`<p>${words.text('trustWitnesses', { quorum: words.number(quorum) })}</p>
    <ul>
      ${names}
    </ul>`;
  return html`<section>
    <h2>${words.text('trustWatch')}</h2>
    ${keys.length === 0 ? html`<p>${words.text('trustNoWitnesses')}</p>` : text}
    ${
      checkpoint &&
      html`<p>
        ${words.counted('logEntries', checkpoint.size)} ${keys.length > 0 && witnessSentence(words, log, checkpoint)}
      </p>`
    }
  </section>`;
}

function howPart(words: Words, id: string, log: PublicLog, downloads: VerifierDownloads | null): Html {
  const site = siteOf(log);
  const subject = `${site} ${id} --manifest "${voteCodeOf(log)}"`;
  const run = `node popvote-verify.mjs ${subject}`;
  const step = (key: TextKey, command?: string): Html => html`<li>${words.text(key)} ${command && pre(command)}</li>`;
  const verifier = downloads?.verifier;
  return html`<section>
    <h2>${words.text('trustHow')}</h2>
    <ol>
      ${verifier && step('trustGet', `curl -fO ${site}${verifier.path}`)}
      ${verifier && html`<li>${hashPart(words, verifier)}</li>`} ${step('trustRun', run)}
      ${step('trustRunReceipt', `${run} --receipt receipt-${id}.json`)}
      ${step(
        'trustRunKept',
        [
          `mkdir -p kept`,
          `curl -fo "kept/$(date +%s)" ${site}${logPathOf(id, log)}/checkpoint`,
          `${run} --checkpoints kept`,
        ].join('\n'),
      )}
    </ol>
    ${secondPart(words, site, subject, downloads?.go)} ${filesPart(words, { id }, log, downloads)}
  </section>`;
}

/** How to compute the hash of a downloaded file, and what it should be. */
function hashPart(words: Words, { path, sha256 }: HashedFile): Html {
  const hash = ['sha256sum', 'shasum -a 256'].map((command) => `${command} ${path.slice(1)}`).join('\n');
  return html`${words.text('trustHash')} ${pre(hash)} ${words.text('trustHashHere')} ${pre(sha256)}`;
}

/** The verifier in Go. Without its file, only who has the project can build it. */
function secondPart(words: Words, site: string, subject: string, archive: HashedFile | undefined): Html {
  const build = ['go build -o popvote-verify-go .', `./popvote-verify-go ${subject}`];
  const text = html`<p>${words.text('trustSecond')}</p>`;
  if (!archive) return html`${text} ${pre(['cd src/verifier-go', ...build].join('\n'))}`;
  const unpack = [`tar -xf ${archive.path.slice(1)}`, 'cd popvote-verify-go'];
  return html`${text}
    <ol>
      <li>${pre(`curl -fO ${site}${archive.path}`)}</li>
      <li>${hashPart(words, archive)}</li>
      <li>${pre([...unpack, ...build].join('\n'))}</li>
    </ol>`;
}

const pre = (command: string): Html => html`<pre><code>${command}</code></pre>`;

function filesPart(
  words: Words,
  { id }: Pick<PublicElection, 'id'>,
  log: PublicLog | null,
  downloads: VerifierDownloads | null,
): Html {
  const files = log && logPathOf(id, log);
  const query = `?lang=${words.tag}`;
  return html`<ul class="links screen-only">
    ${downloads && html`<li><a href="${downloads.verifier.path}">${words.text('trustVerifier')}</a></li>`}
    ${downloads && html`<li><a href="${downloads.go.path}">${words.text('trustVerifierGo')}</a></li>`}
    ${downloads && html`<li><a href="${downloads.specification.path}">${words.text('trustSpecification')}</a></li>`}
    ${files && html`<li><a href="${files}/manifest.json">${words.text('trustManifest')}</a></li>`}
    ${files && html`<li><a href="${files}/checkpoint">${words.text('checkpoint')}</a></li>`}
    <li><a href="/v1/public-keys">${words.text('keysJson')}</a></li>
    <li><a href="/turnout/${id}${query}">${words.text('toTurnout')}</a></li>
    <li><a href="/results/${id}${query}">${words.text('toResults')}</a></li>
  </ul>`;
}

function cannotPart(words: Words, log: PublicLog | null): Html {
  const keys: readonly TextKey[] = [
    ...(log ? (['trustNotDropped'] as const) : (['trustNotCounted'] as const)),
    'trustNotChanged',
    'trustNotRead',
    'trustNotPeople',
    'trustNotPage',
    'trustNotDevice',
    'trustNotForced',
    'trustNotRecorded',
  ];
  return html`<section>
    <h2>${words.text('trustNot')}</h2>
    <p>${words.text('trustNotText')}</p>
    <ul>
      ${keys.map((key) => html`<li>${words.text(key)}</li>`)}
    </ul>
  </section>`;
}
