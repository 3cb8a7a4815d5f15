// The planted bugs: one for each drill but `overload`.

type Edit = { readonly file: string; readonly search: string; readonly replace: string };
export type Mutant = {
  readonly drill: string;
  readonly bug: string;
  readonly edits: readonly Edit[];
  /** Options of the drill beside `--quick`. */
  readonly words?: readonly string[];
};

export const mutants: readonly Mutant[] = [
  {
    drill: 'chaos',
    bug: 'a cast is acknowledged before it is committed',
    edits: [
      {
        file: 'src/services/ballots/casting.ts',
        search: 'const outcomes = await parts.store(castIn, casts, (error) => {',
        replace:
          "const outcomes = items.map(() => 'recorded' as const);\n  void parts.store(castIn, casts, (error) => {",
      },
    ],
  },
  {
    drill: 'cuts',
    bug: 'a cast whose answer was lost counts as recorded',
    edits: [
      {
        file: 'src/store/casts.ts',
        search: "(!client || isRolledBack(error) ? 'busy' : 'unknown')",
        replace: "(!client || isRolledBack(error) ? 'busy' : 'recorded')",
      },
    ],
  },
  {
    drill: 'disk-full',
    bug: 'a statement that the database refused counts as recorded',
    edits: [
      {
        file: 'src/store/casts.ts',
        search: "(!client || isRolledBack(error) ? 'busy' : 'unknown')",
        replace: "(!client ? 'busy' : isRolledBack(error) ? 'recorded' : 'unknown')",
      },
    ],
  },
  {
    drill: 'half-close',
    bug: 'a connection to Redis that gives no answer is never replaced',
    edits: [{ file: 'src/platform/redis.ts', search: '    socketTimeout: silenceMsMax,\n', replace: '' }],
  },
  {
    drill: 'lost-keys',
    bug: 'a copy of an hourly key is acknowledged and not stored',
    edits: [
      {
        file: 'src/services/mixer/epoch-files.ts',
        search: 'return Promise.resolve(linkNewFile(join(directory, name), text, 0o600) || read(name) === text);',
        replace: 'return Promise.resolve(key.createdAtMs > 0);',
      },
    ],
  },
  {
    drill: 'lost-texts',
    bug: 'a text is acknowledged although Redis did not take it',
    edits: [
      {
        file: 'src/services/sms/inbound/text-keeper.ts',
        search: "this.#parts.logger.error({ err: error }, 'text.not-stored');",
        replace:
          "this.#parts.logger.error({ err: error }, 'text.not-stored');\n      this.#texts.delete(name);\n      text.settle('remembered');",
      },
    ],
  },
  {
    drill: 'clocks',
    bug: 'services act by the clock of their machine',
    edits: [
      {
        file: 'src/platform/service-time.ts',
        search: "const actsBy = differs && (last === undefined || jumped) ? 'reference' : 'machine';",
        replace: "const actsBy = differs && jumped && aheadMs === 0 ? 'reference' : 'machine';",
      },
    ],
  },
  {
    drill: 'standby',
    bug: 'the standby is not synchronous',
    edits: [
      {
        file: 'bench/harness/standby.ts',
        search: "set synchronous_standby_names = '*'",
        replace: "set synchronous_standby_names = ''",
      },
      { file: 'bench/harness/standby.ts', search: "sync_state = 'sync'", replace: "sync_state = 'async'" },
    ],
  },
  {
    drill: 'patroni',
    bug: 'a cast is acknowledged before it is committed',
    edits: [
      {
        file: 'src/services/ballots/casting.ts',
        search: 'const outcomes = await parts.store(castIn, casts, (error) => {',
        replace:
          "const outcomes = items.map(() => 'recorded' as const);\n  void parts.store(castIn, casts, (error) => {",
      },
    ],
  },
  {
    drill: 'sentinel',
    bug: 'a replica that became the primary counts as having every text',
    edits: [
      {
        file: 'src/services/sms/inbound/text-memory.ts',
        search: ' or (server and server ~= ARGV[2])',
        replace: '',
      },
    ],
  },
  {
    drill: 'upgrade',
    bug: 'api and ballots have another path for casts, which the version before does not know',
    words: ['--only', 'rolling'],
    edits: [
      { file: 'src/services/ballots/routes/casts.ts', search: "'/private/casts'", replace: "'/private/cast-calls'" },
      { file: 'src/services/api/cast-calls.ts', search: "'/private/casts'", replace: "'/private/cast-calls'" },
    ],
  },
  {
    drill: 'restore',
    bug: 'the marks of `api` are not compared',
    edits: [{ file: 'src/store/casts.ts', search: 'markArrays(election.marks)', replace: 'markArrays([])' }],
  },
  {
    drill: 'backup',
    bug: 'the box is restored to an older moment than the intake',
    edits: [
      {
        file: 'deploy/runbooks/restore.md',
        search: '--type=time --target="$MOMENT"',
        replace:
          '--type=time --target="$(date -u -d "@$(($(date -d "$MOMENT" +%s) - $([ $DB = box ] && echo 3 || echo 0)))" "+%F %T+00")"',
      },
    ],
  },
  {
    drill: 'paper',
    bug: 'an upload is taken from the queue before it is stored',
    edits: [
      {
        file: 'src/services/worker/loops.ts',
        search: 'const outcome = await checkUpload(parts, upload, mayContinue);',
        replace:
          "await queue.finish(upload, 'remove');\n        const outcome = await checkUpload(parts, upload, mayContinue);",
      },
    ],
  },
  {
    drill: 'public-log',
    bug: 'the log does not compare itself with the box',
    edits: [
      {
        file: 'src/services/log/advance.ts',
        search:
          "      if (log.size < last.size) throw new RecordDiffers('the box has fewer entries than the last checkpoint');\n",
        replace: '      if (log.size < last.size) return last.size;\n',
      },
    ],
  },
  {
    drill: 'power-cut',
    bug: 'the control Redis does not wait for its disk',
    edits: [{ file: 'src/local/redis-settings.ts', search: "appendfsync: 'always'", replace: "appendfsync: 'no'" }],
  },
];
