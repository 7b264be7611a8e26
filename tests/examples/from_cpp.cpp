// The header from C++: a support set with one class, by itself.
#include <oneglyph.h>

#include <cmath>
#include <cstring>

int main() {
  const float seen[] = {0.6F, 0.8F};
  const og_calibration calibration = {0.1F, 0.5F, 10, -5, 0, 1, 0};
  og_support *set;
  og_match best;
  og_answer answer;
  bool well = !og_support_create(2, &set) && !og_support_add(set, 7, seen, nullptr) &&
              !og_support_classify(set, seen, &calibration, NAN, &best, 1, &answer) &&
              best.class_id == 7 && answer.known && !std::strcmp(og_version(), OG_VERSION);
  og_support_free(set);
  return well ? 0 : 1;
}
