/* duty - who of a rotation is on duty, and until when a member of staff wants quiet. */
#ifndef TOCSIN_ESCALATE_DUTY_H
#define TOCSIN_ESCALATE_DUTY_H

#include "config/config.h"

/* NULL: before the first hand-over, or nobody in it. Hand-overs keep their local time of day
 * across changes of summer time. */
const char *duty_on(const struct rotation_conf *r, int64_t now_ms);
/* End of the quiet hours that hold at now_ms, or 0: none hold. */
int64_t duty_quiet_until(const struct staff_conf *st, int64_t now_ms);

#endif
