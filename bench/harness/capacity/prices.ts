// List prices of machines on demand, in US dollars for an hour, as the named pages gave them. They are for the comparison of
// orders of magnitude: without storage, traffic, texts, support and taxes.

export type Price = {
  readonly cloud: string;
  readonly machine: string;
  readonly processors: number;
  readonly memoryGiB: number;
  readonly dollarsPerHour: number;
  readonly source: string;
};

export const prices: readonly Price[] = [
  {
    cloud: 'AWS, us-east-1',
    machine: 'm7g.large',
    processors: 2,
    memoryGiB: 8,
    dollarsPerHour: 0.0816,
    source:
      '[FactualMinds, 2026-06-17](https://www.factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026/)',
  },
  {
    cloud: 'Google Cloud, us-central1',
    machine: 'c2-standard-4',
    processors: 4,
    memoryGiB: 16,
    dollarsPerHour: 0.20881,
    source:
      '[SkyPilot catalogue](https://github.com/skypilot-org/skypilot-catalog/blob/006059e0f18acb1341e22a27751e9f80df6ba92f/catalogs/v8/gcp/vms.csv), read on 2026-11-30',
  },
  {
    cloud: 'Azure',
    machine: 'Standard_D4s_v5',
    processors: 4,
    memoryGiB: 16,
    dollarsPerHour: 0.19,
    source:
      '[LearningBro, "illustrative"](https://learningbro.com/courses/azure-vms-and-compute/lessons/azure-pricing-pay-as-you-go-reserved-spot-vms), read on 2026-11-30',
  },
];

/** Dollars for so many processors during so many hours. */
export const costOf = ({ dollarsPerHour, processors }: Price, count: number, hours: number): number =>
  (dollarsPerHour / processors) * count * hours;
