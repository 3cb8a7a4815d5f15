// How many notices there are on every page, for the title of the page.
import { createContext } from 'preact';

export const NoticeCount = createContext(0);
