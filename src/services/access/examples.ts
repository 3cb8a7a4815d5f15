// Examples for the documentation. The people are fictitious, and the tokens and secrets are not valid.
import type {
  Invitation,
  LoginRequest,
  PasswordChange,
  Registration,
  Session,
  TokenPair,
  User,
  UserChange,
} from '../../protocol/control/access-api.ts';

import type { UserProposal } from '../../protocol/control/user-proposals-api.ts';

const userId = '7c1f6f0e-3d0b-4a55-9f5e-0d6c7a3f2b11';
const token = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';

const user: User = {
  id: userId,
  email: 'ana.anic@example.org',
  forename: 'Ana',
  surname: 'Anić',
  role: 'official',
  state: 'active',
  source: 'invited',
  identityScheme: 'jmbg',
  secondFactor: false,
  createdAt: '2026-06-01T08:00:00.000Z',
  lastLoginAt: '2026-06-20T07:55:00.000Z',
};

const registration: Registration = {
  email: 'ana.anic@example.org',
  forename: 'Ana',
  surname: 'Anić',
  password: 'copper lantern by the quiet river',
  nationalId: { scheme: 'jmbg', number: '0101985715018' },
  invitation: token,
};

const invitation: Invitation = {
  id: '1f0c2b86-4f5b-4b0e-8a68-9a2f4be7a4de',
  role: 'official',
  createdBy: userId,
  createdAt: '2026-06-01T07:00:00.000Z',
  expiresAt: '2026-06-08T07:00:00.000Z',
};

const proposal: UserProposal = {
  id: '4a0f9a52-3c1e-4d0b-8f5e-2b7c6d5e4f30',
  act: 'invite',
  userId: null,
  parameters: { role: 'official', days: 7 },
  proposedBy: userId,
  proposedAt: '2026-06-01T07:00:00.000Z',
  expiresAt: '2026-06-02T07:00:00.000Z',
};

const login: LoginRequest = { email: 'ana.anic@example.org', password: 'copper lantern by the quiet river' };

const tokenPair: TokenPair = {
  accessToken: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.example.example',
  accessExpiresAt: '2026-06-20T08:10:00.000Z',
  refreshToken: token,
  refreshExpiresAt: '2026-07-20T07:55:00.000Z',
  user: { id: userId, role: 'official' },
};

const sessionOf = (id: string, current: boolean, day: string): Session => ({
  id,
  createdAt: `2026-06-${day}T07:55:00.000Z`,
  lastUsedAt: `2026-06-${day}T09:40:00.000Z`,
  expiresAt: `2026-07-${day}T07:55:00.000Z`,
  current,
});
const sessions: Session[] = [
  sessionOf('5a0e5d55-51f3-44a4-9e0f-6f7f1f6f2f10', true, '20'),
  sessionOf('c6b4a1de-0a37-4b0f-9d0e-2a6f0c9b7e42', false, '18'),
];

const change: UserChange = { role: 'official', state: 'active' };
const passwordChange: PasswordChange = {
  currentPassword: 'copper lantern by the quiet river',
  newPassword: 'seven otters borrow a violin',
};

export const accessExamples = {
  user,
  registration,
  invitation,
  login,
  loginWithCode: { ...login, code: '492039' },
  loginOnce: { ...login, password: 'qk4t-7wza-mmrd-2xpe-l5ch', newPassword: 'seven otters borrow a violin' },
  tokenPair,
  change,
  passwordChange,
  refresh: { refreshToken: token },
  details: { user, nationalId: { scheme: 'jmbg', number: '0101985715018' } },
  page: { users: [user], next: '51' },
  newInvitation: { invitation, token },
  proposals: { proposals: [proposal] },
  proposed: { proposal: { id: proposal.id, act: proposal.act, expiresAt: proposal.expiresAt } },
  userActDone: { act: proposal.act, invitation, token },
  oneTimePassword: { password: 'qk4t-7wza-mmrd-2xpe-l5ch' },
  sessions: { sessions },
  account: { user, sessionId: '5a0e5d55-51f3-44a4-9e0f-6f7f1f6f2f10' },
  offer: {
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    uri: 'otpauth://totp/PopVote:ana.anic%40example.org?issuer=PopVote&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  },
  recoveryCodes: { recoveryCodes: ['QK4T-7WZA-MMRD-2XPE', 'B5NC-J3YH-UWLA-6TOD'] },
  jwks: {
    keys: [{ kty: 'OKP', crv: 'Ed25519', x: token, kid: 'access-5f0c8a31', use: 'sig', alg: 'EdDSA' }],
  },
} as const;
