// Texts that people read: titles, names, reasons. What a reader cannot see is rejected and never repaired in silence: it
// could make one line of a ballot look like another, or hide what was really confirmed. See decision 0017.

export type ReadableText =
  | { readonly ok: true; readonly text: string }
  /** `hidden`: the character, and the text before it. */
  | { readonly ok: false; readonly fault: 'hidden'; readonly character: string; readonly before: string }
  | { readonly ok: false; readonly fault: 'empty' }
  | { readonly ok: false; readonly fault: 'covered' };

// Rejected wherever they are. \p{Co} looks different, or like nothing, in each font. U+FFFC and U+FFFD replace what
// was lost. The last row are blanks that are letters or symbols.
const hiddenCharacter = new RegExp(
  String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}` +
    String.raw`\u{FFFC}\u{FFFD}` +
    String.raw`\u{2800}\u{1D159}\u{13441}\u{13442}]`,
  'u',
);
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** Most marks on one letter. Tibetan and Hebrew need five or six; more cover the lines above and below. */
const marksMax = 8;
const covered = new RegExp(String.raw`[\p{Mn}\p{Me}]{${marksMax + 1}}`, 'u');

// Where joiners change how letters are written (UAX #31, without its joining types, which engines do not know).
const joining = String.raw`\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Rohg}`;
const indic =
  String.raw`\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}` +
  String.raw`\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}` +
  String.raw`\p{Script=Tibetan}\p{Script=Balinese}\p{Script=Javanese}\p{Script=Chakma}`;
// As many as are allowed on one letter: without a bound, a text of marks would take minutes.
const marks = String.raw`[\p{Mn}\p{Mc}]{0,${marksMax}}`;
// The sign that joins consonants, of each of these scripts.
const virama = String.raw`[\u{94D}\u{9CD}\u{A4D}\u{ACD}\u{B4D}\u{BCD}\u{C4D}\u{CCD}\u{D4D}\u{DCA}\u{F84}\u{1039}\u{103A}\u{17D2}\u{1B44}\u{A9C0}\u{11133}\u{11134}]`;
const emoji = String.raw`\p{Extended_Pictographic}(?:\u{FE0F}|\p{Emoji_Modifier})?`;
const allowed = new RegExp(
  [
    // ZWNJ between two letters that would join: Persian, Kurdish.
    `(?<=[${joining}]${marks})\\u{200C}(?=[${joining}])`,
    // A joiner after a virama, or ZWJ before one: Hindi, Bengali, Sinhala, Malayalam.
    `(?<=[${indic}]${marks}${virama}${marks})[\\u{200C}\\u{200D}](?=[${indic}]|$|[\\s\\p{P}])`,
    `(?<=[${indic}]${marks})\\u{200D}(?=${virama}[${indic}])`,
    // Variants of ideographs in names, and of letters.
    `(?<=\\p{Script=Han})[\\u{FE00}-\\u{FE02}\\u{E0100}-\\u{E01EF}]`,
    `(?<=\\p{Script=Mongolian})[\\u{180B}-\\u{180F}]`,
    `(?<=[\\p{Script=Myanmar}\\p{Script=Phags_Pa}])\\u{FE00}`,
    // Emoji: the flags of England, Scotland and Wales, one or several joined, keycaps, and text style.
    String.raw`\u{1F3F4}\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}`,
    `${emoji}(?:\\u{200D}${emoji})*`,
    String.raw`[0-9#*]\u{FE0F}?\u{20E3}`,
    String.raw`(?<=\p{Extended_Pictographic})\u{FE0E}`,
  ].join('|'),
  'gu',
);

/** The text in NFC without spaces at its ends, or why people cannot read it. */
export function readableText(text: string): ReadableText {
  const normal = text.normalize('NFC');
  // `trim` takes a byte order mark for a space. It stays, and is rejected.
  const read = normal.includes('\uFEFF') ? normal : normal.trim();
  // What is allowed is replaced by as many signs, so that positions stay right.
  const at = read.replace(allowed, (match) => '*'.repeat(match.length)).search(hiddenCharacter);
  if (at >= 0) {
    const character = String.fromCodePoint(read.codePointAt(at) ?? 0);
    return { ok: false, fault: 'hidden', character, before: read.slice(0, at) };
  }
  if (!visible.test(read)) return { ok: false, fault: 'empty' };
  if (covered.test(read.normalize('NFD'))) return { ok: false, fault: 'covered' };
  return { ok: true, text: read };
}
