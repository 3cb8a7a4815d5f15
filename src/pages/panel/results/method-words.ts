// What the panel calls the methods that share seats.
import type { SeatMethod } from '../../../domain/counting/method-table.ts';

export const seatMethodWords: Readonly<Record<SeatMethod, string>> = {
  dhondt: 'D’Hondt',
  sainteLague: 'Sainte-Laguë',
};
