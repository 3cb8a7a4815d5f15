// Why a row of a table cannot be read, as the end of a sentence that begins with the row.
import type { TableRowFault } from '../../../domain/tables/table-rows.ts';

export const rowFaults: Readonly<Record<TableRowFault, string>> = {
  long: 'is too long',
  quotes: 'has quotation marks that do not match',
  control: 'has a character that cannot be printed',
  encoding: 'is not UTF-8: save the file as “CSV UTF-8”',
};
