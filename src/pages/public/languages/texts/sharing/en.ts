// English: the texts with which a result is passed on, and the record beside it.
export const englishSharing = {
  recordTitle: 'Record of this result',
  recordOrganiser: 'Organiser',
  recordZone: 'Time zone of all times',
  recordKey: 'Key that signed the result',
  recordManifestKey: 'Key of the publisher, by the manifest',

  shareTitle: 'Share this result',
  shareLink: 'Copy the link',
  sharePrint: 'Print or save as PDF',
  sharePicture: 'Save as a picture (PNG)',
  shareNoPicture: 'This browser cannot make the picture.',
  shareEmbed: 'Show it on another website',
  shareEmbedText:
    'Paste this code into the page. It shows the published result in a frame, in this language, and follows every new version. The readers of that page then also load a page from here.',
  shareCode: 'Code for the website',
  shareCopyCode: 'Copy the code',
  copied: 'Copied.',
  embedWhole: 'The whole result, and how to check it',
  pictureMore: 'and {n} more',
  pictureVersion: 'Version {n}.',
  pictureNote: 'A picture has no signature. The signed result:',
  seatsOf: { one: '{n} seat', other: '{n} seats' },
} as const;
