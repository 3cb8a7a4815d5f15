// Serbian has two scripts. Conversion from Cyrillic to Latin is exact letter by letter; the reverse is not, so there is
// none.
const cyrillic = 'абвгдђежзијклљмнњопрстћуфхцчџш';
const latin = 'a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š'.split(' ');
const letters = new Map(Array.from(cyrillic, (letter, index) => [letter, latin[index] ?? '']));

/** A Cyrillic text in Latin letters. Other characters stay. */
export function inLatin(text: string): string {
  return text.replace(/[Ѐ-ӿ]/g, (letter) => {
    const lower = letters.get(letter.toLowerCase()) ?? letter;
    return letter === letter.toLowerCase() ? lower : lower.charAt(0).toUpperCase() + lower.slice(1);
  });
}

/** Every text of a table in Latin letters, whatever its shape. */
export function tableInLatin<Table>(table: Table): Table {
  if (typeof table === 'string') return inLatin(table) as Table;
  if (Array.isArray(table)) return table.map(tableInLatin) as Table;
  return Object.fromEntries(Object.entries(table as object).map(([key, inner]) => [key, tableInLatin(inner)])) as Table;
}
