// What a page shows when it fails to render because of a bug: it reports the failure and offers to try again or to go to
// another page. The session and unsaved changes in memory stay. Nothing is logged or sent, since the error may quote
// what somebody typed; only its kind is shown.
import { useQueryClient } from '@tanstack/preact-query';
import { Component } from 'preact';
import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';
import { PageShell } from './page.tsx';

type Props = { readonly children: ComponentChildren };
type State = { readonly failure: string | null; readonly tries: number };

/** Shows `children`, or the failure in their place. Only errors of rendering reach it, not those of actions. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failure: null, tries: 0 };

  static override getDerivedStateFromError(error: unknown): Partial<State> {
    return { failure: error instanceof Error ? error.name : 'Error' };
  }

  /** Preact hands an error on to the next boundary unless one of these methods exists. */
  override componentDidCatch(): void {}

  override render() {
    const { failure, tries } = this.state;
    // The key makes every try start with new components.
    if (failure === null) return <Attempt key={tries}>{this.props.children}</Attempt>;
    return <Failed failure={failure} onRetry={() => this.setState({ failure: null, tries: tries + 1 })} />;
  }
}

function Attempt({ children }: Props) {
  return <>{children}</>;
}

function Failed({ failure, onRetry }: { readonly failure: string; readonly onRetry: () => void }) {
  const readings = useQueryClient();
  const retry = (): void => {
    // A reading that the page cannot show would fail again.
    readings.clear();
    onRetry();
  };
  return (
    <PageShell title="This page failed">
      <div class="note bad" role="alert">
        <p>
          The page cannot be shown because of a fault in the control panel ({failure}). You are still signed in. What
          you saved is stored.
        </p>
        <p>If this happens again, tell the people who run this installation what you did before it.</p>
      </div>
      <div class="acts">
        <button type="button" class="primary" onClick={retry}>
          Try again
        </button>
        <Link class="button" href="/" onClick={retry}>
          Go to the overview
        </Link>
      </div>
    </PageShell>
  );
}
