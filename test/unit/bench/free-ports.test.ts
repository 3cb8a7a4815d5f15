// Benches and tests start the platform on free ports, so that several runs do not meet on the default ports.
import { expect, test } from 'vitest';
import { startEnvironment } from '../../../src/local/settings.ts';
import { freePorts } from '../../support/processes/child-process.ts';

test('Every port of the local platform is among the free ports, and no other', () => {
  const ports = Object.keys(startEnvironment.shape).filter((name) => name.endsWith('_PORT'));
  expect(Object.keys(freePorts).sort()).toEqual(ports.sort());
});
