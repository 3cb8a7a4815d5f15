// Headings by which a roll names the columns of its numbers and second elements, in the languages of the platform. Only
// names that mean the number of a person: "No." and "Rb." may be the number of the row, so they are not here, and the
// importer asks.
import type { SecondElement } from './second-element.ts';

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

const secondHeadings: Readonly<Record<SecondElement, readonly string[]>> = {
  pin: [
    // English
    'pin',
    'pin code',
    'pin number',
    'voter pin',
    'voting pin',
    'personal pin',
    // Serbian, in both scripts
    'pin kod',
    'pin broj',
    'пин',
    'пин код',
    'пин број',
    // Chinese, in both kinds of characters
    'pin 碼',
    'pin 码',
    '個人密碼',
    '个人密码',
    '投票密碼',
    '投票密码',
    '密碼',
    '密码',
  ],
  'birth-date': [
    // English
    'birth date',
    'date of birth',
    'birthday',
    'born',
    'born on',
    'dob',
    // Serbian, in both scripts
    'datum rođenja',
    'datum rodjenja',
    'dat rođenja',
    'rođen',
    'rođena',
    'датум рођења',
    'дат рођења',
    'рођен',
    'рођена',
    // Chinese, in both kinds of characters
    '出生日期',
    '出生年月日',
    '出生年月日期',
    '生日',
  ],
};

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

const secondHeadingSets: Readonly<Record<SecondElement, ReadonlySet<string>>> = {
  pin: new Set(secondHeadings.pin.map(foldedHeading)),
  'birth-date': new Set(secondHeadings['birth-date'].map(foldedHeading)),
};

/** Whether a cell is a heading for second elements of a kind. */
export const isSecondHeading = (kind: SecondElement, cell: string): boolean =>
  secondHeadingSets[kind].has(foldedHeading(cell));
