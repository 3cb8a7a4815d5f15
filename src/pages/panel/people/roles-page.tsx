// What each role can do: a matrix from the services' own descriptions of every call.
import { Fragment } from 'preact';
import { useSearchParams } from 'wouter-preact';
import type { UserRole } from '../../../domain/user.ts';
import { DataTable } from '../parts/data-table.tsx';
import { SelectField } from '../parts/field.tsx';
import { Loaded, PageShell } from '../parts/page.tsx';
import { useApiCalls } from './api-calls.ts';
import type { ApiCall } from './api-calls.ts';
import { roleEffects, roleNames, roleOptions } from './person-words.ts';

const names = {
  elections: 'Elections and results',
  officials: 'Paper ballots',
  access: 'People and sessions',
} as const;
const filters = [['', 'All roles'], ...roleOptions] as const;

export function RolesPage() {
  const [search, setSearch] = useSearchParams();
  const role = search.get('role') ?? '';
  const services = useApiCalls();
  const may = ({ roles }: ApiCall): boolean => role === '' || roles.length === 0 || roles.some((each) => each === role);
  return (
    <PageShell title="Roles">
      <dl class="facts">
        {roleOptions.map(([each, name]) => (
          <Fragment key={each}>
            <dt>{name}</dt>
            <dd>{`${roleEffects[each]}.`}</dd>
          </Fragment>
        ))}
      </dl>
      <p class="hint">
        These tables come from the services. Programs can make the same calls: use the name with{' '}
        <code>popvote call</code>.
      </p>
      <div class="filters">
        <SelectField
          label="Show calls for"
          value={role}
          onValue={(value) => setSearch(value === '' ? {} : { role: value })}
          options={filters}
        />
      </div>
      {services.map(({ service, of }) => (
        <section key={service} aria-labelledby={`roles-${service}`}>
          <h2 id={`roles-${service}`}>{names[service]}</h2>
          <p>
            <a href={`/api/${service}/docs`}>API documentation: {names[service]}</a>
          </p>
          <Loaded of={of}>{(calls) => <Matrix service={names[service]} calls={calls.filter(may)} />}</Loaded>
        </section>
      ))}
    </PageShell>
  );
}

function Matrix({ service, calls }: { readonly service: string; readonly calls: readonly ApiCall[] }) {
  const tags = [...new Set(calls.map(({ tag }) => tag))];
  if (tags.length === 0) return <p>This role has no calls here.</p>;
  return (
    <div class="roles">
      {tags.map((tag) => (
        <DataTable
          key={tag}
          caption={`${service}: ${tag}`}
          rows={calls.filter((each) => each.tag === tag)}
          keyOf={({ id }) => id}
          columns={[
            {
              head: 'Call',
              cell: ({ id, summary }) => (
                <>
                  {summary} <code class="call">{id}</code>
                </>
              ),
            },
            ...roleOptions.map(([role]) => ({
              head: roleNames[role],
              cell: ({ roles }: ApiCall) => <May roles={roles} role={role} />,
            })),
          ]}
        />
      ))}
    </div>
  );
}

function May({ roles, role }: { readonly roles: readonly UserRole[]; readonly role: UserRole }) {
  if (roles.length === 0) return <span class="muted">Everyone</span>;
  return roles.includes(role) ? <span class="may">✓ Yes</span> : <span class="muted">–&nbsp;No</span>;
}
