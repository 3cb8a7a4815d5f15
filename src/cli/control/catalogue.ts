// Every operation of the panel's services, read from them now. An unavailable service hides only its own operations.
import { parseJson } from '../../platform/json.ts';
import { CommandFailed, exitCodes } from '../context.ts';
import { bodyText } from './answer-bodies.ts';
import { controlServices, operationsOf } from './operations.ts';
import type { ControlService, ControlOperation } from './operations.ts';
import type { PanelClient } from './panel-client.ts';

/** Largest description of a service, in bytes. */
const documentBytesMax = 16 * 1_024 * 1_024;

export type Catalogue = {
  readonly operations: readonly ControlOperation[];
  readonly unavailable: readonly ControlService[];
};

export async function readCatalogue(client: PanelClient): Promise<Catalogue> {
  const documents = await Promise.all(controlServices.map((service) => readService(client, service)));
  const operations = documents.flatMap((each) => each ?? []);
  const unavailable = controlServices.filter((_service, index) => documents[index] === null);
  if (operations.length > 0) return { operations, unavailable };
  throw new CommandFailed(
    `${client.origin} is no control panel, or its services are unavailable. Give its address with --origin, or run: popvote doctor`,
  );
}

async function readService(client: PanelClient, service: ControlService): Promise<readonly ControlOperation[] | null> {
  const path = `/api/${service}/openapi.json`;
  const answer = await client.send({ method: 'GET', path, headers: {}, body: { kind: 'none' } });
  const text = await bodyText(answer.body, documentBytesMax);
  return answer.statusCode === 200 ? operationsOf(service, parseJson(text ?? '')) : null;
}

/** The operation with a name, in upper or lower case. */
export function operationNamed({ operations, unavailable }: Catalogue, name: string): ControlOperation {
  const match = operations.find(({ id }) => id.toLowerCase() === name.toLowerCase());
  if (match) return match;
  const near = operations.filter(({ id }) => id.toLowerCase().includes(name.toLowerCase())).map(({ id }) => id);
  const next = near.length > 0 ? `Is it ${near.join(', ')}?` : 'popvote call lists them all.';
  const missing = unavailable.length > 0 ? ` No answer at the moment from: ${unavailable.join(', ')}.` : '';
  throw new CommandFailed(`There is no operation ${name}. ${next}${missing}`, exitCodes.usage);
}
