/* Which kernels a command runs. */
#include "isa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "complain.h"
#include "oneglyph.h"

int isa_choose(const char *given, const char **isa) {
  const char *environment = getenv("ONEGLYPH_ISA");
  const char *from = given ? "--isa" : "ONEGLYPH_ISA", *name = given ? given : environment;
  *isa = NULL;
  if (!name || !name[0])
    return OPTIONS_RUN;
  char usable[256] = "";
  int known = 0;
  for (size_t i = 0; og_isa_name(i); i++) {
    const char *each = og_isa_name(i);
    known |= !strcmp(each, name);
    if (!og_isa_usable(each))
      continue;
    if (!strcmp(each, name)) {
      *isa = each;
      return OPTIONS_RUN;
    }
    size_t used = strlen(usable);
    snprintf(usable + used, sizeof usable - used, "%s%s", used ? ", " : "", each);
  }
  return complain(EXIT_BAD, "%s %s: %s; usable here: %s", from, name,
                  known ? "this machine cannot run it" : "no such kernels", usable);
}

const char *precision_name(og_precision precision) {
  return precision == OG_PRECISION_INT16 ? "int16" : "f32";
}

int kernel_choose(kernel_choice *choice) {
  const char *precision = choice->precision_text ? choice->precision_text : "f32";
  if (strcmp(precision, "f32") && strcmp(precision, "int16"))
    return complain(EXIT_BAD, "--precision %s: must be f32 or int16", precision);
  choice->precision = precision[0] == 'i' ? OG_PRECISION_INT16 : OG_PRECISION_F32;
  return isa_choose(choice->isa_text, &choice->isa);
}
