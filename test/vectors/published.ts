// Vectors that others published, with where they are from. Nothing here was made by this project.

/** The entries of the trees in the tests of certificate transparency (google/certificate-transparency, merkletree). */
export const knownEntries = (): Uint8Array[] =>
  ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((entry) =>
    Buffer.from(entry, 'hex'),
  );

/** The roots of those trees, by size. */
export const knownRoots: readonly string[] = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const checkpointText = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';

/** Examples of golang.org/x/mod/sumdb/note, of the C2SP specifications and of transparency-dev/formats. */
export const publishedNotes = {
  notes: [
    {
      from: 'golang.org/x/mod/sumdb/note',
      key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
      note:
        'If you think cryptography is the answer to your problem,\n' +
        "then you don't know what your problem is.\n\n" +
        '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
    },
  ],
  /** Of the same text and with the same key ids; the specifications publish no keys for them. */
  syntax: [
    {
      from: 'c2sp.org/signed-note',
      note:
        'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n' +
        '— quasimodo.example/salvatore ' +
        'NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n',
      names: ['quasimodo.example/salvatore'],
    },
    {
      from: 'c2sp.org/tlog-cosignature',
      note:
        `${checkpointText}\n— example.com/behind-the-sofa ` +
        'Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n' +
        '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0' +
        'xUe+mbIUBkBIfZ+qnA==\n',
      names: ['example.com/behind-the-sofa', 'witness.example.com/w1'],
    },
  ],
  cosignatures: [
    {
      from: 'c2sp.org/tlog-cosignature',
      time: 1_679_315_147,
      text: checkpointText,
      signed: `cosignature/v1\ntime 1679315147\n${checkpointText}`,
    },
  ],
  cosignatureTimes: [
    {
      from: 'github.com/transparency-dev/formats, note_cosigv1_test.go',
      line: 'ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA==',
      time: 1_727_964_367,
    },
  ],
  keys: [
    { from: 'c2sp.org/signed-note', key: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k' },
    {
      from: 'golang.org/x/mod/sumdb/note',
      key: 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop',
    },
    {
      from: 'github.com/transparency-dev/formats',
      key: 'TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6',
    },
    {
      from: 'github.com/transparency-dev/formats',
      key: 'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
    },
  ],
};
