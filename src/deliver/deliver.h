/* deliver - what is owed goes out, until its notifier's judge says delivered.
 *
 *   escalate -> [deliver: claim -> render -> fetch -> judge] -> escalate_delivered
 *
 * Also asks notifiers for answers while alerts are open. Loop thread; all rows are changed by
 * jobs of the writer.
 */
#ifndef TOCSIN_DELIVER_DELIVER_H
#define TOCSIN_DELIVER_DELIVER_H

#include <uv.h>

#include "base/clock.h"
#include "escalate/escalate.h"
#include "fetch/fetch.h"
#include "host/host.h"
#include "setup.h"
#include "writer/writer.h"

struct deliver;

struct deliver_options {
    uv_loop_t *loop;
    const struct clock *clock;
    struct host_pool *hosts;
    struct fetch *fetch;
    struct writer *writer;
    void (*print)(void *ctx, const char *text);                  /* TOCSIN_REQ_PRINT */
    void (*on_answer)(void *ctx, int64_t alert, const char *by); /* somebody answered */
    void *ctx;
};
int deliver_new(struct deliver **out, const struct deliver_options *o, struct err *err);
void deliver_set(struct deliver *d, struct setup *s); /* at start and at each reload */
void deliver_kick(struct deliver *d);                 /* something may be due now */
bool deliver_is_idle(const struct deliver *d);        /* nothing claimed is under way */
void deliver_stop(struct deliver *d);
void deliver_free(struct deliver *d); /* NULL is fine; stopped and idle */

/* One message to one notifier, past the store: `tocsin notify test`. done once, on the loop. */
typedef void (*deliver_done)(void *ctx, const struct delivery_result *r);
int deliver_test(struct deliver *d, const char *notifier, deliver_done done, void *ctx,
                 struct err *err);

#endif
