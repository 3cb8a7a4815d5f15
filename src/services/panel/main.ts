// Starts `panel`: reads its environment, connects, listens on two ports. No logic.
import { Agent } from 'undici';
import { watchCertificate } from '../../platform/certificate-metrics.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { createLogger } from '../../platform/logger.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { callsTlsOf } from '../../platform/private-calls/private-calls-tls.ts';
import type { StartService } from '../../platform/process.ts';
import { openTracing } from '../../platform/tracing/open-tracing.ts';
import { createServiceTime } from '../../platform/service-time.ts';
import { tlsOf } from '../../platform/service-environment.ts';
import { createProcessLifecycle } from '../../platform/health/lifecycle.ts';
import { programVersion } from '../../platform/health/version.ts';
import { listenOn } from '../../platform/http/listen.ts';
import { createAccessCalls } from './access-calls.ts';
import { buildPanelApp, buildPanelPrivateApp } from './app.ts';
import { panelEnvironment } from './config.ts';
import { createPanelLogic } from './logic.ts';
import { accessMs, reachable } from './reachable.ts';

/** Connections to one service, for the panel's own calls. */
const connectionsMax = 32;

export const start: StartService = async (environment) => {
  const settings = readEnvironment(panelEnvironment, environment);
  const lifecycle = createProcessLifecycle(settings.DRAIN_SECONDS);
  const metrics = createMetrics('panel');
  const logger = createLogger('panel', settings.LOG_LEVEL);
  const tracing = await openTracing('panel', settings, { logger, metrics });
  const callsTls = callsTlsOf(settings);
  if (callsTls) watchCertificate(metrics, 'calls', callsTls.cert);
  const origins = {
    access: settings.PANEL_ACCESS_ORIGIN,
    elections: settings.PANEL_ELECTIONS_ORIGIN,
    officials: settings.PANEL_OFFICIALS_ORIGIN,
  };
  const dispatcher = new Agent({ connections: connectionsMax, ...(callsTls && { connect: callsTls }) });
  const time = createServiceTime({
    reference: 'access',
    read: () => accessMs(origins.access, dispatcher),
    logger,
    metrics,
  });
  const access = createAccessCalls({ origin: origins.access, dispatcher, tracing });
  const logic = createPanelLogic({ access, secureCookies: settings.PANEL_COOKIES === 'secure', clock: time.clock });
  const options = {
    logic,
    origins,
    callsTls,
    votersOrigin: settings.PANEL_VOTERS_ORIGIN ?? null,
    logger,
    metrics,
    version: programVersion(),
    checks: reachable(origins, dispatcher),
    http: { trustedProxies: settings.PANEL_TRUSTED_PROXIES, tls: tlsOf(settings, 'PANEL'), time, lifecycle, tracing },
  };
  const app = await buildPanelApp(options);
  const privateApp = await buildPanelPrivateApp(options);
  const close = async (): Promise<void> => {
    await Promise.all([app.close(), privateApp.close(), time.stop()]);
    await dispatcher.close();
    await tracing?.stop();
  };
  try {
    await time.start();
    const addresses = {
      private: await listenOn(privateApp, { host: settings.PANEL_PRIVATE_HOST, port: settings.PANEL_PRIVATE_PORT }),
      panel: await listenOn(app, { host: settings.PANEL_HOST, port: settings.PANEL_PORT }),
    };
    logger.info(addresses, 'panel.listening');
    return { name: 'panel', addresses, clock: time.clock, lifecycle, close };
  } catch (error) {
    await close();
    throw error;
  }
};
