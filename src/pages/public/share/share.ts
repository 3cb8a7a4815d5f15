// The script of a published result: it copies links and code, prints, and saves the picture. Nothing of the page needs it to be read.
import { copyText } from '../../shared/copy-text.ts';
import { saveBlob } from '../../shared/save-file.ts';
import type { ResultPicture } from '../result-picture.ts';
import { drawPicture, pictureSize } from './draw-picture.ts';

/** Height of the frame that other sites paste, in CSS pixels. They may change it. */
const frameHeight = 480;

const part = document.getElementById('share');
const texts: Readonly<Record<string, string | undefined>> = part?.dataset ?? {};
const codeArea = document.querySelector<HTMLTextAreaElement>('#share-code');
const address = (path: string): string => new URL(path, location.origin).href;

function report(text: string): void {
  const place = document.getElementById('share-status');
  if (place) place.textContent = text;
}

function onPress(id: string, act: () => void): void {
  document.getElementById(id)?.addEventListener('click', act);
}

const attributeText = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** The code for other sites: a frame that is loaded late, and whose site is not named to this one. */
function frameCode(): string {
  const attributes = {
    src: address(texts['frame'] ?? ''),
    title: texts['title'] ?? '',
    width: '100%',
    height: String(frameHeight),
    loading: 'lazy',
    referrerpolicy: 'no-referrer',
    style: 'border:0',
  };
  const parts = Object.entries(attributes).map(([name, value]) => `${name}="${attributeText(value)}"`);
  return `<iframe ${parts.join(' ')}></iframe>`;
}

function savePicture(): void {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, pictureSize);
  const context = canvas.getContext('2d');
  const picture = JSON.parse(texts['picture'] ?? '{}') as ResultPicture;
  const { lang, dir } = document.documentElement;
  const image = document.querySelector<HTMLImageElement>('header img');
  const logo = image !== null && image.naturalWidth > 0 ? image : null;
  const isDrawn =
    context !== null && drawPicture(context, picture, { lang, dir, address: address(texts['page'] ?? ''), logo });
  if (!isDrawn) {
    report(texts['noPicture'] ?? '');
    return;
  }
  canvas.toBlob((image) => {
    if (image) saveBlob(`result-${texts['id'] ?? ''}.png`, image);
    else report(texts['noPicture'] ?? '');
  }, 'image/png');
}

/** What is folded is printed too. */
function unfold(): void {
  const folded = [...document.querySelectorAll<HTMLDetailsElement>('main details:not([open])')];
  for (const details of folded) details.open = true;
  const fold = (): void => {
    for (const details of folded) details.open = false;
  };
  addEventListener('afterprint', fold, { once: true });
}

if (part && codeArea) {
  part.hidden = false;
  codeArea.value = frameCode();
  const copy = (text: string): void => {
    copyText(text);
    report(texts['copied'] ?? '');
  };
  onPress('share-link', () => copy(address(texts['page'] ?? '')));
  onPress('share-copy-code', () => copy(codeArea.value));
  onPress('share-print', () => print());
  onPress('share-picture', savePicture);
  addEventListener('beforeprint', unfold);
}
