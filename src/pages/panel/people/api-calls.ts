// What each role may call, read from the descriptions that the services give of themselves (OpenAPI): the same words by which
// they decide, so that a page made of them is never untrue.
import { useQueries } from '@tanstack/preact-query';
import type { UserRole } from '../../../domain/user.ts';
import { callPanel } from '../calls.ts';
import type { Refused, Service } from '../calls.ts';

export type ApiCall = {
  /** Its operationId, which `popvote call` takes. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** Empty: everybody, without a token. */
  readonly roles: readonly UserRole[];
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };
type Operation = {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly 'x-roles'?: readonly UserRole[];
};

const services = ['elections', 'officials', 'access'] as const satisfies readonly Service[];

export function useApiCalls() {
  return useQueries({
    queries: services.map((service) => ({
      queryKey: [service, '/openapi.json'],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        callsOf((await callPanel<Document>(service, '/openapi.json', { signal })).data),
      staleTime: Infinity,
    })),
    combine: (results) =>
      results.map(({ data, error, isPending }, place) => ({
        service: services[place] ?? services[0],
        of: { data, error: error as Refused | null, isPending },
      })),
  });
}

function callsOf({ paths }: Document): ApiCall[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { operationId, summary, tags, 'x-roles': roles }]) =>
      operationId === undefined || roles === undefined
        ? []
        : [
            {
              id: operationId,
              method: method.toUpperCase(),
              path,
              summary: summary ?? operationId,
              tag: tags?.[0] ?? '',
              roles,
            },
          ],
    ),
  );
}
