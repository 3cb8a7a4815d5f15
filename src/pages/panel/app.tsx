// The panel: the account menu, the navigation, and the page for the address. A page that the role cannot use is not in
// the navigation, and its address shows an explanation. The services enforce the roles.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link, Route, Switch, useLocation } from 'wouter-preact';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { LazyPage } from './parts/lazy-page.tsx';
import { NoticeCount } from './parts/notice-count.ts';
import { PageShell } from './parts/page.tsx';
import { NoticeList } from './notices/notice-list.tsx';
import { useNotices } from './notices/use-notices.ts';
import { pages } from './pages.ts';
import type { PanelPage } from './pages.ts';
import { ProposedNote } from './proposals/proposed-note.tsx';
import { WaitingCount } from './proposals/waiting-count.tsx';
import { RegisterPage } from './people/register-page.tsx';
import { LastSignIn } from './session/last-sign-in.tsx';
import { hasRole, SessionGate, useMe } from './session/session.tsx';

export function PanelApp() {
  return (
    // Pages have a boundary of their own below; this one is for what is around them.
    <ErrorBoundary>
      <Switch>
        <Route path="/register" component={RegisterPage} />
        <Route>
          <SessionGate>
            <Frame />
          </SessionGate>
        </Route>
      </Switch>
    </ErrorBoundary>
  );
}

function Frame() {
  const me = useMe();
  const [path] = useLocation();
  const notices = useNotices();
  return (
    <NoticeCount.Provider value={notices.length}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <Link href="/" class="brand">
          PopVote
        </Link>
        <NoticeList notices={notices} />
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
      <div>
        <ProposedNote />
        <main id="main" key={path}>
          <ErrorBoundary>
            <LastSignIn />
            <Pages />
          </ErrorBoundary>
        </main>
      </div>
    </NoticeCount.Provider>
  );
}

function Pages() {
  return (
    <Switch>
      {pages.map((page) => (
        <Route key={page.path} path={page.path}>
          {(parameters: Readonly<Record<string, string>>) => <Guarded page={page} parameters={parameters} />}
        </Route>
      ))}
      <Route>
        <PageShell title="We cannot find this page">
          <p>
            Check the address, or go to the <Link href="/">overview</Link>.
          </p>
        </PageShell>
      </Route>
    </Switch>
  );
}

function Guarded({
  page: { roles, title, load },
  parameters,
}: {
  readonly page: PanelPage;
  readonly parameters: Readonly<Record<string, string>>;
}) {
  const me = useMe();
  if (hasRole(me, ...roles)) return <LazyPage load={load} parameters={parameters} />;
  return (
    <PageShell title="You cannot open this page">
      <p>
        {title} is for the {roles.length === 1 ? 'role' : 'roles'} {roles.join(' and ')}. Your role is {me.user.role}.
        Ask an administrator if you need access.
      </p>
    </PageShell>
  );
}

// A menu on narrow screens; it closes when the page changes.
function Navigation() {
  const me = useMe();
  const [path] = useLocation();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setOpen(false), [path]);
  const offered = pages.filter(({ nav, roles }) => nav !== undefined && hasRole(me, ...roles));
  return (
    <nav
      aria-label="Main navigation"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button type="button" class="menu small" ref={button} aria-expanded={open} onClick={() => setOpen(!open)}>
        Menu
      </button>
      <ul class={open ? 'open' : undefined}>
        {offered.map((page) => {
          const here = page.path === '/' ? path === '/' : path.startsWith(page.path);
          return (
            <li key={page.path}>
              <Link href={page.path} {...(here && { 'aria-current': 'page' as const })}>
                {page.nav}
                {page.path === '/proposals' && <WaitingCount />}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
