// The small XML reader.
#include "protocols/sip/body/xml.h"

#include <gtest/gtest.h>

namespace tickwire::sip {
namespace {

TEST(Xml, ReadsElementsAttributesTextAndNamespaces) {
  const auto root = ParseXml(
      "<?xml version='1.0'?>\r\n<!-- c --><p:a xmlns:p=\"urn:1\" xmlns='urn:2' x = 'a&lt;\"b'>"
      "t1<b/>&#65;&#x20AC;<![CDATA[<&]]><p:c>in</p:c><d xmlns=\"\"/></p:a >\n<!--d-->");
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->name, "a");
  EXPECT_EQ(root->space, "urn:1");
  EXPECT_EQ(root->Attribute("x"), absl::string_view("a<\"b"));
  EXPECT_EQ(root->text, "t1A\xe2\x82\xac<&");
  ASSERT_EQ(root->children.size(), 3u);
  EXPECT_EQ(root->children[0].space, "urn:2");
  EXPECT_EQ(root->Child("b"), nullptr);  // another namespace
  ASSERT_NE(root->Child("c"), nullptr);
  EXPECT_EQ(root->Child("c")->text, "in");
  EXPECT_EQ(root->children[2].space, "");
}

TEST(Xml, RejectsWhatIsNotWellFormed) {
  for (const char* text : {"",
                           "a",
                           "<a>",
                           "<a></b>",
                           "<a><b></a></b>",
                           "<a/><b/>",
                           "<a x=1/>",
                           "<a x='1' x='2'/>",
                           "<a x='<'/>",
                           "<a x='1'y='2'/>",
                           "<a>&x;</a>",
                           "<a>&#0;</a>",
                           "<a>&#xD800;</a>",
                           "<a>&</a>",
                           "<p:a/>",
                           "<a:b:c xmlns:a='x'/>",
                           "<1/>",
                           "< a/>",
                           "<a>\x01</a>",
                           "<!DOCTYPE a><a/>",
                           "<a><?pi x?></a>",
                           "<a/>x",
                           "<a><!-- </a>",
                           "<a><![CDATA[</a>"}) {
    EXPECT_FALSE(ParseXml(text).has_value()) << text;
  }
}

TEST(Xml, StopsAtItsLimits) {
  std::string deep;
  for (int i = 0; i < kMaxXmlDepth + 1; ++i) deep += "<a>";
  EXPECT_FALSE(ParseXml(deep).has_value());
  std::string wide = "<a>";
  for (size_t i = 0; i < kMaxXmlElements; ++i) wide += "<b/>";
  EXPECT_FALSE(ParseXml(wide + "</a>").has_value());
  std::string attributes = "<a";
  for (size_t i = 0; i <= kMaxXmlAttributes; ++i) attributes += " x" + std::to_string(i) + "=''";
  EXPECT_FALSE(ParseXml(attributes + "/>").has_value());
}

TEST(Xml, EscapedTextReadsBack) {
  const std::string text = "a<b>&\"c' \xc3\xa4";
  EXPECT_EQ(ParseXml("<a x=\"" + EscapeXml(text) + "\">" + EscapeXml(text) + "</a>")->text, text);
}

}  // namespace
}  // namespace tickwire::sip
