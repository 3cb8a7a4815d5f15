// The panel: who is signed in, the way around, and the page that the address names. What a role cannot use is not offered;
// whoever goes there by its address is told so. The services decide all the same.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link, Route, Switch, useLocation } from 'wouter-preact';
import { PageShell } from './parts/page.tsx';
import { pages } from './pages.ts';
import type { PanelPage } from './pages.ts';
import { RegisterPage } from './people/register-page.tsx';
import { LastSignIn } from './session/last-sign-in.tsx';
import { hasRole, SessionGate, useMe } from './session/session.tsx';

export function PanelApp() {
  return (
    <Switch>
      <Route path="/register" component={RegisterPage} />
      <Route>
        <SessionGate>
          <Frame />
        </SessionGate>
      </Route>
    </Switch>
  );
}

function Frame() {
  const me = useMe();
  const [path] = useLocation();
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header class="top">
        <Link href="/" class="brand">
          PopVote
        </Link>
        <Navigation />
        <span class="who">
          <Link href="/account">
            {me.user.forename} {me.user.surname}
          </Link>{' '}
          <span class="muted">({me.user.role})</span>{' '}
          <button type="button" class="small" onClick={() => void me.signOut()}>
            Sign out
          </button>
        </span>
      </header>
      <main id="main" key={path}>
        <LastSignIn />
        <Switch>
          {pages.map((page) => (
            <Route key={page.path} path={page.path}>
              {(parameters: Readonly<Record<string, string>>) => <Guarded page={page} parameters={parameters} />}
            </Route>
          ))}
          <Route>
            <PageShell title="There is nothing here">
              <p>
                Check the address, or begin at the <Link href="/">overview</Link>.
              </p>
            </PageShell>
          </Route>
        </Switch>
      </main>
    </>
  );
}

function Guarded({
  page: { roles, title, component: Shown },
  parameters,
}: {
  readonly page: PanelPage;
  readonly parameters: Readonly<Record<string, string>>;
}) {
  const me = useMe();
  if (hasRole(me, ...roles)) return <Shown {...parameters} />;
  return (
    <PageShell title="Your role cannot open this">
      <p>
        {title} is for the {roles.length === 1 ? 'role' : 'roles'} {roles.join(' and ')}; yours is {me.user.role}. Ask
        an administrator if you need it.
      </p>
    </PageShell>
  );
}

// On narrow screens a menu; it closes when the page changes.
function Navigation() {
  const me = useMe();
  const [path] = useLocation();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setOpen(false), [path]);
  const offered = pages.filter(({ nav, roles }) => nav !== undefined && hasRole(me, ...roles));
  return (
    <nav
      aria-label="Panel"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button type="button" class="menu" ref={button} aria-expanded={open} onClick={() => setOpen(!open)}>
        Menu
      </button>
      <ul class={open ? 'open' : undefined}>
        {offered.map((page) => {
          const here = page.path === '/' ? path === '/' : path.startsWith(page.path);
          return (
            <li key={page.path}>
              <Link href={page.path} {...(here && { 'aria-current': 'page' as const })}>
                {page.nav}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
