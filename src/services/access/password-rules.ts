// Rules for passwords (NIST SP 800-63B): long enough, and not one of the first guesses. No rule requires kinds of
// characters: such rules make passwords harder to remember and no harder to guess.

/** Length of a password, in characters. */
export const passwordCharactersMin = 12;
export const passwordCharactersMax = 128;
/** Fewest letters or digits of a password besides common words. */
const ownCharactersMin = 4;

// Words and runs that are common in lists of stolen passwords of this length, joined with one another, with digits and
// with marks.
const guessedWords = [
  'password',
  'passwort',
  'passw',
  'lozinka',
  'sifra',
  'secret',
  'letmein',
  'welcome',
  'changeme',
  'default',
  'administrator',
  'admin',
  'root',
  'user',
  'login',
  'master',
  'test',
  'guest',
  'official',
  'auditor',
  'demo',
  'popvote',
  'election',
  'elections',
  'vote',
  'voting',
  'ballot',
  'izbori',
  'glasanje',
  'hongkong',
  'serbia',
  'qwertzuiop',
  'qwertyuiop',
  'qwerty',
  'qwertz',
  'asdfghjkl',
  'asdf',
  'zxcvbnm',
  'yxcvbnm',
  'qazwsx',
  'abcdefgh',
  'iloveyou',
  'monkey',
  'dragon',
  'sunshine',
  'princess',
  'football',
  'baseball',
  'superman',
  'batman',
  'shadow',
  'michael',
  'charlie',
  'jordan',
  'freedom',
  'whatever',
  'trustno',
  'starwars',
  'computer',
  'internet',
  'google',
  'abc',
  'one',
  'two',
  'three',
  'four',
  'five',
  'the',
  'love',
  'please',
].sort((a, b) => b.length - a.length);
const runs = ['01234567890123456789', '98765432109876543210', 'abcdefghijklmnopqrstuvwxyz'];

/** The owner of a password, whose names and address are among the first guesses. */
export type PasswordOwner = { readonly email: string; readonly forename: string; readonly surname: string };

/** Why a new password is rejected, as a sentence that does not repeat it; null if it is accepted. */
export function passwordFault(password: string, owner: PasswordOwner): string | null {
  const { length } = Array.from(password);
  if (length < passwordCharactersMin) return `Use at least ${passwordCharactersMin} characters.`;
  if (length > passwordCharactersMax) return `Use at most ${passwordCharactersMax} characters.`;
  const folded = password.toLowerCase();
  if (folded.includes(owner.email)) return 'Do not use the e-mail address.';
  if (isRepetition(folded) || isRun(folded)) return 'Do not repeat or count: such passwords are tried first.';
  const remaining = withoutWords(folded, [...personalWords(owner), ...guessedWords]);
  // Digits and marks around a common word are among the first guesses.
  const own = /\p{L}/u.test(folded) ? remaining.replace(/[^\p{L}]/gu, '') : remaining;
  if (Array.from(own).length < ownCharactersMin) {
    return 'Do not build it from your name, your address or common words alone: four unrelated words are better.';
  }
  return null;
}

function personalWords({ email, forename, surname }: PasswordOwner): string[] {
  const [local = '', domain = ''] = email.split('@');
  const parts = [local, ...local.split(/[^\p{L}\d]+/u), domain.split('.')[0] ?? '', forename, surname];
  return parts.map((word) => word.toLowerCase()).filter((word) => word.length >= 3);
}

function withoutWords(text: string, words: readonly string[]): string {
  // Digits and signs that replace letters: pa$$w0rd is password.
  const plain = text.replace(/[0134578@$!]/g, (sign) => letterOfSign[sign] ?? sign);
  const [literal, folded] = words.reduce(
    ([original, read], word) => [original.split(word).join(' '), read.split(word).join(' ')],
    [text, plain],
  );
  const size = (rest: string): number => rest.replace(/[^\p{L}]/gu, '').length;
  return size(folded) < size(literal) ? folded : literal;
}
const letterOfSign: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Whether the text repeats one piece of at most four characters. */
function isRepetition(text: string): boolean {
  const characters = Array.from(text);
  return [1, 2, 3, 4].some((size) => characters.every((character, index) => character === characters[index % size]));
}

/** Whether the text counts up or down, or follows the alphabet. */
const isRun = (text: string): boolean => runs.some((run) => run.includes(text));
