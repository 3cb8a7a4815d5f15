// Headings by which a roll names the column of its numbers, in the languages of the platform. Only names that mean the
// number of a person: "No." and "Rb." may be the number of the row, so they are not here, and the importer asks.

const headings = [
  // English
  'number',
  'id',
  'id number',
  'id no',
  'id card number',
  'identity number',
  'identity card number',
  'identification number',
  'national id',
  'national id number',
  'personal number',
  'personal id',
  'voter number',
  'voter id',
  'voter id number',
  'roll number',
  'member number',
  'member id',
  'member no',
  'membership number',
  'membership id',
  'membership no',
  'registration number',
  'card number',
  'student number',
  'student id',
  'employee number',
  'employee id',
  'staff number',
  'staff id',
  'person number',
  'person id',
  'hkid',
  'hkid number',
  // Serbian, in both scripts
  'broj',
  'lični broj',
  'matični broj',
  'jedinstveni matični broj',
  'jedinstveni matični broj građana',
  'jmbg',
  'broj člana',
  'članski broj',
  'broj birača',
  'birački broj',
  'broj indeksa',
  'broj lične karte',
  'identifikacioni broj',
  'registarski broj',
  'evidencioni broj',
  'broj kartice',
  'број',
  'лични број',
  'матични број',
  'јединствени матични број',
  'јединствени матични број грађана',
  'јмбг',
  'број члана',
  'члански број',
  'број бирача',
  'бирачки број',
  'број индекса',
  'број личне карте',
  'идентификациони број',
  'регистарски број',
  'евиденциони број',
  'број картице',
  // Chinese, in both kinds of characters
  '號碼',
  '编号',
  '編號',
  '号码',
  '身份證',
  '身份證號碼',
  '身份證號',
  '身分證號碼',
  '身份证',
  '身份证号码',
  '身份证号',
  '香港身份證號碼',
  '會員編號',
  '會員號碼',
  '会员编号',
  '會籍編號',
  '選民編號',
  '選民號碼',
  '选民编号',
  '登記編號',
  '學號',
  '学号',
  '學生編號',
  '員工編號',
  '职工编号',
  '職員編號',
] as const;

/** A heading without letter case, spaces, punctuation and diacritics. */
export function foldedHeading(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/[^\p{L}\p{Nd}]/gu, '');
}

const numberHeadings: ReadonlySet<string> = new Set(headings.map(foldedHeading));

/** Whether a cell is a heading for the numbers of people. */
export const isNumberHeading = (cell: string): boolean => numberHeadings.has(foldedHeading(cell));
