// What script adds to pages that work without it. Each part stands in a module of its own beside this file
// and is imported here; none may be needed to read, publish or moderate.
export {};
