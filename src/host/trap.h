/* trap - the last words of a host: which plugin, in which call, did what. */
#ifndef TOCSIN_HOST_TRAP_H
#define TOCSIN_HOST_TRAP_H

/* Before the locks. Words go as messages to `fd`; below 0: as text to stderr. */
void trap_install(int fd, const char *plugin);
void trap_set_plugin(const char *plugin);
/* What runs now: "its constructor", "parse()". Static text. */
void trap_at(const char *call);
/* A refused open() is told once a turn. */
void trap_new_turn(void);

#endif
