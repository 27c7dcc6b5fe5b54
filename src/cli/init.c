/* init - writes a first configuration, and tries it. */
#include "config/init.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"

/* A line from the terminal without echo; -1: there is no terminal. */
static int
ask_secret(const char *what, struct buf *out, struct err *err)
{
    struct termios old, quiet;
    char line[1024];
    bool has_tty = tcgetattr(STDIN_FILENO, &old) == 0;
    const char *got;

    fprintf(stderr, "%s: ", what);
    if (has_tty) {
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    got = fgets(line, sizeof line, stdin);
    if (has_tty) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fputc('\n', stderr);
    }
    if (!got || line[0] == '\n')
        return err_set(err, ERR_USAGE, "%s was not given", what);
    return buf_str(out, str_trim(str_z(line)));
}

static int
write_secret(const char *path, const char *what, struct err *err)
{
    struct buf b;
    int rc;

    buf_init(&b, 4096);
    rc = ask_secret(what, &b, err);
    if (rc == 0)
        rc = file_write_atomic(path, buf_view(&b), 0600, err);
    buf_free(&b);
    return rc;
}

/* The chat to write to is asked for as well: a bot cannot know it. */
static int
prepare_telegram(struct init_options *o, char *chat, size_t n, struct err *err)
{
    if (write_secret("telegram.secret", "Token of the Telegram bot", err) != 0)
        return -1;
    fprintf(stderr, "Telegram chat id: ");
    if (!fgets(chat, (int)n, stdin) || str_trim(str_z(chat)).n == 0)
        return err_set(err, ERR_USAGE, "the chat id was not given");
    chat[strcspn(chat, "\n")] = '\0';
    o->telegram_chat = chat;
    o->telegram_secret = "telegram.secret";
    return 0;
}

static int
write_file(const char *path, const struct init_options *o, bool may_replace, struct err *err)
{
    struct buf b;
    int rc;

    if (file_exists(path) && !may_replace)
        return err_set(err, ERR_USAGE,
                       "%s is there already; --yes replaces it, --output writes "
                       "elsewhere",
                       path);
    buf_init(&b, 65536);
    rc = init_write(&b, o, err);
    if (rc == 0)
        rc = file_write_atomic(path, buf_view(&b), 0644, err);
    buf_free(&b);
    return rc;
}

int
cmd_init(const struct args *a)
{
    const char *path = a->output ? a->output : "tocsin.yaml";
    char chat[128];
    struct err err = { 0 };
    struct args again = *a;
    struct init_options o = {
        .brands = { a->words, a->n_words },
        .site = a->site,
        .mail = a->mail,
        .ntfy = a->ntfy,
    };
    int rc;

    if (a->is_telegram && prepare_telegram(&o, chat, sizeof chat, &err) != 0)
        return cli_fail(&err);
    if (write_file(path, &o, a->is_yes, &err) != 0)
        return cli_fail(&err);
    printf("wrote %s\n", path);
    again.config = path;
    rc = cmd_check(&again);
    if (rc != EX_OK || a->without_drill)
        return rc;
    /* The drill goes through a running daemon; without one there is nothing to try yet. */
    again.brand = NULL;
    again.hours = "2m";
    rc = cmd_drill(&again);
    if (rc != EX_OK)
        printf("Start listening with `tocsind -f -c %s`, then try the bell: tocsin drill -c %s\n",
               path, path);
    return EX_OK;
}
