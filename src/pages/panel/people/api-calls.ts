// The calls that each role may make, from the OpenAPI documents of the services, which the services also enforce. So
// the page is always right.
import { useQueries } from '@tanstack/preact-query';
import type { UserRole } from '../../../domain/user.ts';
import { callPanel } from '../calls.ts';
import type { Refused, Service } from '../calls.ts';

export type ApiCall = {
  /** The operationId, for `popvote call`. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** Empty: anyone, without a token. */
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
