// Elections as they were published, with the law by which their seats were given. `source` names where the numbers are
// from. Test data: no list here is a list of this platform.
import type { ContestLaw } from '../../src/domain/counting/contest-law.ts';
import type { SeatMethod } from '../../src/domain/counting/method-table.ts';
import type { Option } from '../../src/domain/election.ts';

export type RealElection = {
  readonly name: string;
  readonly source: string;
  readonly method: SeatMethod;
  readonly seats: number;
  readonly law: ContestLaw;
  readonly invalid: number;
  readonly lists: readonly {
    readonly name: string;
    readonly votes: number;
    readonly seats: number;
    readonly threshold?: Option['threshold'];
    /** Local contests that it won. */
    readonly local?: number;
  }[];
};

const percent = (numerator: number) => ({ numerator, denominator: 100 });
const list = (name: string, votes: number, seats: number, threshold?: Option['threshold']) => ({
  name,
  votes,
  seats,
  ...(threshold !== undefined && { threshold }),
});

/** Small enough to be counted ballot by ballot in a test. */
export const greenland2021: RealElection = {
  name: 'Greenland 2021, Inatsisartut',
  // The counts give the published percentages of 27,079 ballots, each to its last decimal.
  source:
    'Valg.gl; percentages, seats and ballots in https://sn.dk/Danmark/FAKTA-Minemodstander-partier-faar-flertal-i-Groenland/artikel/1425750',
  method: 'dhondt',
  seats: 31,
  law: {},
  invalid: 598,
  lists: [
    list('Inuit Ataqatigiit', 9_912, 12),
    list('Siumut', 7_971, 10),
    list('Naleraq', 3_249, 4),
    list('Demokraatit', 2_454, 3),
    list('Atassut', 1_879, 2),
    list('Nunatta Qitornai', 651, 0),
    list('Samarbejdspartiet', 365, 0),
  ],
};

export const realElections: readonly RealElection[] = [
  greenland2021,
  {
    name: 'Serbia 2023, National Assembly: the ten lists that entered',
    source: 'Republic Electoral Commission, Report on the overall results of 17 December 2023',
    method: 'dhondt',
    seats: 250,
    law: {
      threshold: { share: percent(3), of: 'cast', exemptFactor: { numerator: 27, denominator: 20 } },
      tieRules: ['more-votes'],
    },
    invalid: 0,
    lists: [
      list('SNS', 1_783_701, 129),
      list('SPN', 902_450, 65),
      list('SPS', 249_916, 18),
      list('NADA', 191_431, 13),
      list('MI-GIN', 178_830, 13),
      list('VMSZ', 64_747, 6, 'exempt'),
      list('SPP-DSHV', 29_066, 2, 'exempt'),
      list('SDA', 21_827, 2, 'exempt'),
      list('PBA', 13_501, 1, 'exempt'),
      list('RS', 11_369, 1, 'exempt'),
    ],
  },
  {
    name: 'Netherlands 2023, Tweede Kamer',
    source:
      'Votes: https://github.com/TVLuke/Democracy-Exchange reports/netherlands2023_austria_report.md; seats: Electoral ' +
      'Council, in https://nltimes.nl/2023/12/01/final-election-results-confirm-pvvs-big-win-d66-missed-10th-seat-160-votes',
    method: 'dhondt',
    seats: 150,
    // One electoral quota: the votes divided by 150.
    law: { threshold: { share: { numerator: 1, denominator: 150 }, of: 'votes' } },
    invalid: 22_821,
    lists: [
      list('PVV', 2_450_453, 37),
      list('GL-PvdA', 1_642_523, 25),
      list('VVD', 1_589_085, 24),
      list('NSC', 1_342_959, 20),
      list('D66', 655_250, 9),
      list('BBB', 485_354, 7),
      list('CDA', 345_760, 5),
      list('SP', 328_166, 5),
      list('DENK', 246_748, 3),
      list('PvdD', 235_062, 3),
      list('FVD', 232_874, 3),
      list('SGP', 217_254, 3),
      list('CU', 212_068, 3),
      list('Volt', 178_747, 2),
      list('JA21', 71_334, 1),
      list('BVNL', 52_856, 0),
      list('50PLUS', 51_037, 0),
      list('Bij1', 44_209, 0),
      list('Splinter', 12_823, 0),
      list('Piratenpartij', 9_107, 0),
      list('PLAN', 5_487, 0),
      list('Samen voor Nederland', 5_325, 0),
      list('LEF', 5_122, 0),
      list('PvdS', 3_966, 0),
      list('PPB', 1_038, 0),
    ],
  },
  {
    // ACT won the electorate of Epsom: without it no vote for its list would count.
    name: 'New Zealand 2017, general election',
    source:
      'Electoral Commission, official results of 7 October 2017, in ' +
      'https://www.scoop.co.nz/stories/PO1710/S00049/new-zealand-2017-general-election-official-results.htm',
    method: 'sainteLague',
    seats: 120,
    law: { threshold: { share: percent(5), of: 'votes', group: 'parliament', localSeats: 1 } },
    invalid: 0,
    lists: [
      { ...list('National', 1_152_075, 56), local: 41 },
      { ...list('Labour', 956_184, 46), local: 29 },
      list('NZ First', 186_706, 9),
      list('Green', 162_443, 8),
      { ...list('ACT', 13_075, 1), local: 1 },
      list('Opportunities', 63_261, 0),
      list('Māori Party', 30_580, 0),
      list('Aotearoa Legalise Cannabis', 8_075, 0),
      list('Conservative', 6_253, 0),
      list('MANA', 3_642, 0),
      list('Ban1080', 3_005, 0),
      list('New Zealand People’s Party', 1_890, 0),
      list('United Future', 1_782, 0),
      list('NZ Outdoors Party', 1_620, 0),
      list('Democrats for Social Credit', 806, 0),
      list('Internet Party', 499, 0),
    ],
  },
  {
    // Te Pāti Māori won six electorates: two more than its four of 120, which were added to the chamber.
    name: 'New Zealand 2023, general election: the lists that entered',
    source: 'Electoral Commission, in https://wikimili.com/en/Results_of_the_2023_New_Zealand_general_election',
    method: 'sainteLague',
    seats: 120,
    law: { threshold: { share: percent(5), of: 'votes' } },
    invalid: 0,
    lists: [
      list('National', 1_085_851, 48),
      list('Labour', 767_540, 34),
      list('Green', 330_907, 15),
      list('ACT', 246_473, 11),
      list('NZ First', 173_553, 8),
      list('Te Pāti Māori', 87_844, 4, 'exempt'),
      list('Opportunities', 63_344, 0),
      list('New Zealand Loyal', 34_478, 0),
    ],
  },
  {
    name: 'Czechia 2019, European Parliament: the seven lists that entered and the next',
    source: 'Czech Statistical Office, https://www.volby.cz/pls/ep2019/ep11?xjazyk=EN',
    method: 'dhondt',
    seats: 21,
    law: { threshold: { share: percent(5), of: 'votes' } },
    invalid: 0,
    lists: [
      list('ANO', 502_343, 6),
      list('ODS', 344_885, 4),
      list('Piráti', 330_844, 3),
      list('STAN and TOP 09', 276_220, 3),
      list('SPD', 216_718, 2),
      list('KDU-ČSL', 171_723, 2),
      list('KSČM', 164_624, 1),
      list('ČSSD', 93_664, 0),
    ],
  },
  {
    name: 'Portugal 2019, European Parliament: the six lists that entered',
    source: 'Comissão Nacional de Eleições, official map of results, Diário da República',
    method: 'dhondt',
    seats: 21,
    law: {},
    invalid: 0,
    lists: [
      list('PS', 1_104_694, 9),
      list('PSD', 725_399, 6),
      list('BE', 325_093, 2),
      list('CDU', 227_700, 2),
      list('CDS-PP', 204_792, 1),
      list('PAN', 168_015, 1),
    ],
  },
  {
    // The seats of the constituencies and the adjustment seats together are those of the nation as one constituency.
    name: 'Sweden 2022, Riksdag: the eight parties that entered',
    source: 'Valmyndigheten, final result of the election to the Riksdag of 11 September 2022, https://www.val.se',
    method: 'sainteLague',
    seats: 349,
    law: {
      threshold: { share: percent(4), of: 'votes' },
      firstDivisor: { numerator: 6, denominator: 5 },
    },
    invalid: 0,
    lists: [
      list('S', 1_964_474, 107),
      list('SD', 1_330_325, 73),
      list('M', 1_237_428, 68),
      list('V', 437_050, 24),
      list('C', 434_945, 24),
      list('KD', 345_712, 19),
      list('MP', 329_242, 18),
      list('L', 298_542, 16),
    ],
  },
];
