// Every operation of the panel's services, read from them now. A service that is away takes its own operations with it
// and no others.
import { CommandFailed, exitCodes } from '../context.ts';
import { controlServices, operationsOf } from './operations.ts';
import type { ControlService, ControlOperation } from './operations.ts';
import type { PanelClient } from './panel-client.ts';

/** Largest description of a service, in bytes. */
const documentBytesMax = 16 * 1_024 * 1_024;

export type Catalogue = {
  readonly operations: readonly ControlOperation[];
  readonly away: readonly ControlService[];
};

export async function readCatalogue(client: PanelClient): Promise<Catalogue> {
  const found = await Promise.all(controlServices.map((service) => readService(client, service)));
  const operations = found.flatMap((each) => each ?? []);
  const away = controlServices.filter((_service, index) => found[index] === null);
  if (operations.length > 0) return { operations, away };
  throw new CommandFailed(
    `${client.origin} is no control panel, or its services are away. Give its address by --origin, or look: popvote doctor`,
  );
}

async function readService(client: PanelClient, service: ControlService): Promise<readonly ControlOperation[] | null> {
  const path = `/api/${service}/openapi.json`;
  const answer = await client.send({ method: 'GET', path, headers: {}, body: { kind: 'none' } });
  let text = '';
  answer.body.setEncoding('utf8');
  for await (const chunk of answer.body) {
    text += String(chunk);
    if (text.length > documentBytesMax) return null;
  }
  if (answer.statusCode !== 200) return null;
  try {
    return operationsOf(service, JSON.parse(text));
  } catch {
    return null;
  }
}

/** The operation of a name, in whatever case it was typed. */
export function operationNamed({ operations, away }: Catalogue, name: string): ControlOperation {
  const found = operations.find(({ id }) => id.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const near = operations.filter(({ id }) => id.toLowerCase().includes(name.toLowerCase())).map(({ id }) => id);
  const next = near.length > 0 ? `Is it ${near.join(', ')}?` : 'popvote call lists them all.';
  const missing = away.length > 0 ? ` No answer at the moment from: ${away.join(', ')}.` : '';
  throw new CommandFailed(`There is no operation ${name}. ${next}${missing}`, exitCodes.usage);
}
