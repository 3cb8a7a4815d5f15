// The entry point of the panel.
import { QueryClient, QueryClientProvider } from '@tanstack/preact-query';
import { render } from 'preact';
import { PanelApp } from './app.tsx';
import { Refused } from './calls.ts';
// The styles of every page, in one file and one order: pages use parts of each other.
import './panel.css';
import './charts/charts.css';
import './elections/elections.css';
import './elections/share/share.css';
import './participants/participants.css';
import './people/people.css';
import './session/session.css';
import './audit/audit.css';
import './batches/batches.css';
import './activations/activations.css';
import './live/live.css';
import './proposals/proposals.css';
import './results/results.css';
import './system/system.css';

/** Times that a reading is repeated where the service is busy or unavailable. */
const retriesMax = 2;
/** How long a reading counts as fresh, in milliseconds. */
const freshMs = 2_000;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: freshMs,
      retry: (failures, error) =>
        failures < retriesMax && error instanceof Refused && (error.status === 0 || error.status >= 500),
    },
  },
});

const place = document.getElementById('panel');
if (place === null) throw new Error('The page has no place for the panel.');
render(
  <QueryClientProvider client={client}>
    <PanelApp />
  </QueryClientProvider>,
  place,
);
