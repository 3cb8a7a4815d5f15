// In step 5, for an election that takes paper ballots: whether a second official confirms each batch, and the stations.
import { CheckField, TextArea } from '../../../parts/field.tsx';
import type { PaperForm } from '../paper-form.ts';
import { fieldId } from '../use-step.ts';

export function PaperFields({
  paper,
  onPaper,
  faultAt,
}: {
  readonly paper: PaperForm;
  readonly onPaper: (paper: PaperForm) => void;
  readonly faultAt: (path: string) => string | undefined;
}) {
  return (
    <fieldset id={fieldId('paper')}>
      <legend>Paper ballots</legend>
      <CheckField
        label="A second official confirms each batch"
        hint="Each upload gives the number of ballots on the protocol of its station. It counts when another official has entered the same number."
        checked={paper.confirmation}
        onValue={(confirmation) => onPaper({ ...paper, confirmation })}
      />
      <TextArea
        label="Stations"
        hint="One per line: a short ID, a semicolon and the name, such as 12; Town hall. Results then have the votes of each station. Leave it empty for one station."
        id={fieldId('paper/stations')}
        value={paper.stations}
        onValue={(stations) => onPaper({ ...paper, stations })}
        fault={faultAt('paper/stations') ?? faultAt('paper')}
      />
      <TextArea
        label="Printed ballot IDs"
        hint="Where ballots have printed IDs: a station ID, the first and the last ballot ID per line, separated by semicolons. A file with any other ID of that station is rejected. Leave it empty to accept any ID."
        id={fieldId('paper/printed')}
        value={paper.printed}
        onValue={(printed) => onPaper({ ...paper, printed })}
        fault={faultAt('paper/printed')}
      />
    </fieldset>
  );
}
